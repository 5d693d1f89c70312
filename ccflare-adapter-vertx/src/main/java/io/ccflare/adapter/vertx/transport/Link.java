package io.ccflare.adapter.vertx.transport;

import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection, from before it is there until it is gone. */
final class Link {

    private static final System.Logger LOG = System.getLogger(Link.class.getName());

    private final Endpoint endpoint;
    private final Deque<Call> waiting = new ArrayDeque<>();
    private @Nullable HttpClientConnection connection;

    /** How many calls it carries at a time; 1 on HTTP/1.1. */
    private int capacity;

    /** Whether one call can end without the connection. */
    private boolean multiplexed;

    private int calls;
    private boolean usable = true;
    private long idleSince;

    Link(Endpoint endpoint, int capacity) {
        this.endpoint = endpoint;
        this.capacity = capacity;
    }

    boolean hasRoom() {
        return usable && calls < capacity;
    }

    boolean idleBefore(long nanos) {
        return connection != null && calls == 0 && idleSince - nanos <= 0;
    }

    void open() {
        Loop loop = endpoint.loop();
        loop.connector().connect(loop.context(), endpoint.origin()).onComplete(this::opened, this::failed);
    }

    /** Puts a call on it, now or as soon as it is open. */
    void take(Call call) {
        calls++;
        if (!hasRoom()) {
            endpoint.full(this);
        }
        if (connection == null) {
            waiting.add(call);
        } else {
            call.start(this, connection);
        }
    }

    /** One call is done with it. */
    void release(boolean reusable) {
        boolean wasFull = !hasRoom();
        calls--;
        idleSince = System.nanoTime();
        if (!reusable && !multiplexed) {
            retire();
        }
        if (!usable) {
            if (calls == 0) {
                close();
            }
            return;
        }
        if (wasFull) {
            endpoint.roomy(this);
        }
        if (calls == 0) {
            endpoint.loop().sweepSoon();
        }
    }

    void close() {
        retire();
        if (connection != null) {
            connection.close();
        }
    }

    private void opened(HttpClientConnection opened) {
        connection = opened;
        waiting.removeIf(call -> call.isOver() && calls-- > 0);
        if (waiting.isEmpty() || !usable) {
            // Whoever it was for has gone, or the transport is closed.
            close();
            return;
        }
        if (opened.protocolVersion() == HttpVersion.HTTP_2) {
            multiplexed = true;
            capacity = (int) Math.min(capacity, opened.maxActiveStreams());
            if (capacity < 1) {
                // Another connection would be no better.
                failed(new IOException("the upstream allows no stream on its connections"));
                close();
                return;
            }
        } else {
            capacity = 1;
            endpoint.oneCallEach();
        }
        opened.closeHandler(closed -> retire());
        opened.shutdownHandler(going -> retire());
        opened.exceptionHandler(
                error -> LOG.log(Level.DEBUG, "a connection to {0} failed: {1}", endpoint.origin(), error));
        List<Call> first = new ArrayList<>(capacity);
        while (!waiting.isEmpty() && first.size() < capacity) {
            first.add(waiting.remove());
        }
        calls = first.size();
        if (!hasRoom()) {
            endpoint.full(this);
        }
        first.forEach(call -> call.start(this, opened));
        while (!waiting.isEmpty()) {
            endpoint.acquire(waiting.remove());
        }
    }

    private void failed(Throwable error) {
        retire();
        while (!waiting.isEmpty()) {
            waiting.remove().noConnection(error);
        }
    }

    private void retire() {
        if (usable) {
            usable = false;
            endpoint.gone(this);
        }
    }
}
