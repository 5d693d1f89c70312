package io.ccflare.core.transport;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many calls to one peer run at a time; the others wait in the order they came. Thread-safe. Calls are started on the executor, so
 * that a thousand that fail at once do not nest.
 */
final class Turns {

    private record Line(Set<Object> running, Map<Object, Runnable> waiting) {}

    private final int most;
    private final Executor executor;
    private final Map<String, Line> lines = new HashMap<>();

    Turns(int most, Executor executor) {
        this.most = most;
        this.executor = executor;
    }

    /** Starts the call now on this thread, or later on one of the executor's. */
    void take(String peer, Object call, Runnable start) {
        synchronized (this) {
            Line line = lines.computeIfAbsent(peer, unused -> new Line(new HashSet<>(), new LinkedHashMap<>()));
            if (line.running.size() >= most) {
                line.waiting.put(call, start);
                return;
            }
            line.running.add(call);
        }
        start.run();
    }

    /** The call is over, whether it ran or waited. Idempotent. */
    void giveBack(String peer, Object call) {
        Runnable next = next(peer, call);
        if (next != null) {
            executor.execute(next);
        }
    }

    private synchronized @Nullable Runnable next(String peer, Object call) {
        Line line = lines.get(peer);
        if (line == null) {
            return null;
        }
        line.waiting.remove(call);
        boolean ran = line.running.remove(call);
        if (ran && !line.waiting.isEmpty()) {
            Object first = line.waiting.keySet().iterator().next();
            line.running.add(first);
            return line.waiting.remove(first);
        }
        if (line.running.isEmpty()) {
            lines.remove(peer);
        }
        return null;
    }
}
