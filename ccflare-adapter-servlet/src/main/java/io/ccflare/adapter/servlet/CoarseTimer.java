package io.ccflare.adapter.servlet;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Runs tasks a moment later, all that come within half that moment by one timer of Jetty's. For those that mostly are not wanted any more by
 * then: a timer of its own for each would wake Jetty's timer thread with every request. Thread-safe.
 */
final class CoarseTimer {

    private record Entry(Runnable task, long dueNanos) {}

    private final Scheduler scheduler;
    private final long delayMillis;
    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
    private final LongSupplier nanos;
    private final AtomicBoolean ticking = new AtomicBoolean();

    CoarseTimer(Scheduler scheduler, long delayMillis) {
        this(scheduler, delayMillis, System::nanoTime);
    }

    CoarseTimer(Scheduler scheduler, long delayMillis, LongSupplier nanos) {
        this.scheduler = scheduler;
        this.delayMillis = delayMillis;
        this.nanos = nanos;
    }

    boolean runsOn(Scheduler other) {
        return scheduler == other;
    }

    /** Runs a task on the scheduler's thread, after the delay or up to half as long again. */
    void later(Runnable task) {
        entries.add(new Entry(task, nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(delayMillis)));
        tickSoon();
    }

    private void tickSoon() {
        if (ticking.compareAndSet(false, true)) {
            scheduler.schedule(this::tick, Math.max(1, delayMillis / 2), TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        long now = nanos.getAsLong();
        try {
            for (Entry first = entries.peek(); first != null && first.dueNanos() - now <= 0; first = entries.peek()) {
                entries.remove();
                first.task().run();
            }
        } finally {
            // Also when a task throws: the others must not wait for ever.
            ticking.set(false);
            if (!entries.isEmpty()) {
                tickSoon();
            }
        }
    }
}
