package io.ccflare.adapter.vertx.transport;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** The connections of one event loop to one origin. As many as there are calls: the gateway is what admits those. */
final class Endpoint {

    private final Loop loop;
    private final Origin origin;
    private final Set<Link> links = new HashSet<>();

    /** Those with room for one more call; the one last used is last, and taken first. */
    private final Deque<Link> roomy = new ArrayDeque<>();

    /** How many calls a connection is expected to carry at a time. */
    private int callsEach;

    Endpoint(Loop loop, Origin origin) {
        this.loop = loop;
        this.origin = origin;
        callsEach = loop.connector().mostCalls(origin);
    }

    Loop loop() {
        return loop;
    }

    Origin origin() {
        return origin;
    }

    void acquire(Call call) {
        Link link = roomy.peekLast();
        if (link != null) {
            link.take(call);
            return;
        }
        link = new Link(this, callsEach);
        links.add(link);
        if (link.hasRoom()) {
            roomy.addLast(link);
        }
        link.take(call);
        link.open();
    }

    /** It speaks no HTTP/2 after all. */
    void oneCallEach() {
        callsEach = 1;
    }

    void roomy(Link link) {
        roomy.addLast(link);
    }

    void full(Link link) {
        if (roomy.peekLast() == link) {
            roomy.removeLast();
        } else {
            roomy.remove(link);
        }
    }

    void gone(Link link) {
        links.remove(link);
        full(link);
    }

    /** Returns whether there are idle ones left. */
    boolean closeIdleSince(long nanos) {
        boolean idle = false;
        for (Iterator<Link> all = roomy.iterator(); all.hasNext(); ) {
            Link link = all.next();
            if (link.idleBefore(nanos)) {
                all.remove();
                link.close();
            } else {
                idle = true;
            }
        }
        return idle;
    }

    void close() {
        List.copyOf(links).forEach(Link::close);
    }
}
