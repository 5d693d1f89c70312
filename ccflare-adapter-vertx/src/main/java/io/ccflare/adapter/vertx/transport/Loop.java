package io.ccflare.adapter.vertx.transport;

import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** What a transport has on one event loop: connections and calls that no other thread touches. */
final class Loop {

    private final Connector connector;
    private final EventLoop thread;

    /** Bears connections and timers, which outlive the request and the verticle that first needed them. */
    private final ContextInternal context;

    private final Map<Origin, Endpoint> endpoints = new HashMap<>();
    private final Set<Call> calls = new HashSet<>();
    private boolean sweeping;
    private boolean closed;

    /** The body that was last seen to grow and has not handed that over, and whether there will be a look at it. */
    private @Nullable Body arriving;

    private boolean looking;

    Loop(Connector connector, EventLoop thread) {
        this.connector = connector;
        this.thread = thread;
        context = connector.vertx().contextBuilder().withEventLoop(thread).build();
    }

    ContextInternal context() {
        return context;
    }

    Connector connector() {
        return connector;
    }

    boolean isHere() {
        return thread.inEventLoop();
    }

    /** Runs a task on the event loop: at once if called there. When Vert.x is closed nothing else runs, so the caller does it. */
    void run(Runnable task) {
        if (!offer(task)) {
            task.run();
        }
    }

    /** Runs a task on the event loop, unless Vert.x is closed. */
    boolean offer(Runnable task) {
        if (isHere()) {
            task.run();
            return true;
        }
        try {
            thread.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Takes a call that waits for a connection. */
    void enter(Call call, Origin origin) {
        if (closed) {
            call.shutDown();
            return;
        }
        calls.add(call);
        endpoints.computeIfAbsent(origin, o -> new Endpoint(this, o)).acquire(call);
    }

    void leave(Call call) {
        calls.remove(call);
    }

    /**
     * Some bytes of a body are here, and more may come in the same read. They all have when another body grows, or when the event loop gets to
     * its tasks, which is after all reads: with many streams, much later.
     */
    void arriving(Body body) {
        Body before = arriving;
        arriving = body;
        if (before != null) {
            before.arrived();
        }
        if (!looking) {
            looking = true;
            thread.execute(this::look);
        }
    }

    private void look() {
        looking = false;
        Body last = arriving;
        arriving = null;
        if (last != null) {
            last.arrived();
        }
    }

    /** Sees to it that idle connections do not stay for ever. */
    void sweepSoon() {
        if (!sweeping && !closed) {
            sweeping = true;
            long pause = Math.max(1, connector.keepAlive().toMillis() / 4);
            context.setTimer(pause, timer -> sweep());
        }
    }

    private void sweep() {
        sweeping = false;
        long before = System.nanoTime() - connector.keepAlive().toNanos();
        boolean idle = false;
        for (Endpoint endpoint : endpoints.values()) {
            idle |= endpoint.closeIdleSince(before);
        }
        if (idle) {
            sweepSoon();
        }
    }

    void close() {
        closed = true;
        List<Call> open = new ArrayList<>(calls);
        open.forEach(Call::shutDown);
        endpoints.values().forEach(Endpoint::close);
        endpoints.clear();
    }
}
