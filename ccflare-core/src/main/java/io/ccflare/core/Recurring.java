package io.ccflare.core;

import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs a task on an executor again and again, each time a while after the last run ended. Thread-safe. */
final class Recurring implements AutoCloseable {

    private final TimeSource time;
    private final Supplier<Duration> interval;
    private final Executor executor;
    private final Runnable task;
    private TimeSource.@Nullable Timer timer;
    private boolean closed;

    /** @param task reports its own failures */
    Recurring(TimeSource time, Supplier<Duration> interval, Executor executor, Runnable task) {
        this.time = time;
        this.interval = interval;
        this.executor = executor;
        this.task = task;
    }

    synchronized Recurring start() {
        if (!closed) {
            timer = time.after(interval.get(), this::due);
        }
        return this;
    }

    /** Nothing is handed over once it is closed: the executor may be gone then. */
    private synchronized void due() {
        if (!closed) {
            executor.execute(this::run);
        }
    }

    private void run() {
        try {
            task.run();
        } finally {
            start();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
