package io.ccflare.core.call;

import io.ccflare.core.Timeouts;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The calls that are under way: how many, which streams are to be watched, and whom to end at a shutdown. Thread-safe. */
public final class OpenCalls {

    private final AtomicInteger count = new AtomicInteger();
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final Set<StreamForwarder> streams = ConcurrentHashMap.newKeySet();
    private volatile @Nullable CompletableFuture<Void> allGone;

    /** @return false when {@code limit} calls are under way, or no more are taken */
    boolean enter(Call call, int limit) {
        // Counted first: whoever waits for the last call sees this one, or this one sees that somebody waits.
        if (count.incrementAndGet() > limit || closing()) {
            leaveCount();
            return false;
        }
        calls.add(call);
        return true;
    }

    /** Whether no more calls are taken. */
    boolean closing() {
        return allGone != null;
    }

    void leave(Call call) {
        if (calls.remove(call)) {
            leaveCount();
        }
    }

    private void leaveCount() {
        CompletableFuture<Void> waiting = allGone;
        if (count.decrementAndGet() == 0 && waiting != null) {
            waiting.complete(null);
        }
    }

    void watch(StreamForwarder stream) {
        streams.add(stream);
    }

    void unwatch(StreamForwarder stream) {
        streams.remove(stream);
    }

    /** How many requests are under way. */
    public int size() {
        return count.get();
    }

    /** Ends what has been waiting for too long. */
    public void sweep(long nowNanos, Timeouts timeouts) {
        long idle = timeouts.idle().toNanos();
        long reader = timeouts.reader().toNanos();
        long untouched = timeouts.untouched().toNanos();
        for (StreamForwarder stream : streams) {
            stream.sweep(nowNanos, idle, reader, untouched);
        }
    }

    /** Takes no more calls from now on. @return completes when none is under way */
    public CompletableFuture<Void> none() {
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        allGone = waiting;
        if (count.get() == 0) {
            waiting.complete(null);
        }
        return waiting;
    }

    /** Ends every call that is under way. */
    public void endAll() {
        for (Call call : calls) {
            call.shutDown();
        }
    }
}
