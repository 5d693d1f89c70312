package io.ccflare.store.jdbc;

import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The time of the system; timers run on the JDK's own timer thread, so that there is nothing to end. */
final class SystemTime implements TimeSource {

    private static final System.Logger LOG = System.getLogger(SystemTime.class.getName());

    @Override
    public long nowMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        CompletableFuture<Boolean> due = new CompletableFuture<>();
        due.thenRun(() -> run(task));
        due.completeOnTimeout(true, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> due.cancel(false);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "A timer failed", e);
        }
    }
}
