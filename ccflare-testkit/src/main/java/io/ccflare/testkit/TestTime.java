package io.ccflare.testkit;

import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A time source that stands still until a test moves it.
 *
 * <p>{@link #advance} runs the tasks that fall due on the calling thread, in the order of their times (those of one time in the
 * order in which they were set), each at its own time. A task with no delay waits for the next {@code advance} too, be it
 * {@code advance(Duration.ZERO)}.
 *
 * <p>Thread-safe; one {@code advance} at a time, others wait for it. No lock of {@code now()} or {@code after()} is held while a task runs.
 *
 * @since 1.0
 */
public final class TestTime implements TimeSource {

    /** Where time begins unless told otherwise: 2026-01-15T12:00:00Z. */
    public static final Instant START = Instant.parse("2026-01-15T12:00:00Z");

    private final long startMillis;
    private final ReentrantLock advancing = new ReentrantLock();
    private final Object lock = new Object();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::order));
    private long nanos;
    private long tasksSet;

    /** Begins at {@link #START}. */
    public TestTime() {
        this(START);
    }

    /** Begins at an instant of choice, taken to the millisecond. */
    public TestTime(Instant start) {
        this.startMillis = start.toEpochMilli();
    }

    @Override
    public long nowMillis() {
        return startMillis + nanos() / 1_000_000;
    }

    @Override
    public long nanos() {
        synchronized (lock) {
            return nanos;
        }
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        synchronized (lock) {
            long due = nanos + Math.max(0, delay.toNanos());
            Task pending = new Task(due, tasksSet++, task);
            tasks.add(pending);
            return () -> {
                synchronized (lock) {
                    tasks.remove(pending);
                }
            };
        }
    }

    /**
     * Lets time pass.
     *
     * @param duration how much; zero runs what is due now
     * @throws IllegalArgumentException if it is negative
     * @throws RuntimeException (or an error) that the first failing task threw, after all tasks ran; those of others are suppressed in it
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + duration);
        }
        advancing.lock();
        try {
            runUntil(nanos() + duration.toNanos());
        } finally {
            advancing.unlock();
        }
    }

    /** How many tasks wait for their time. */
    public int pendingTimers() {
        synchronized (lock) {
            return tasks.size();
        }
    }

    private void runUntil(long target) {
        Failures failures = new Failures();
        for (Task task = nextDue(target); task != null; task = nextDue(target)) {
            try {
                task.action().run();
            } catch (RuntimeException | Error e) {
                failures.add(e);
            }
        }
        failures.rethrow();
    }

    /** The next task up to {@code target}, with the clock moved to it; without one, the clock moves to {@code target}. */
    private @Nullable Task nextDue(long target) {
        synchronized (lock) {
            Task next = tasks.peek();
            boolean due = next != null && next.due() <= target;
            nanos = Math.max(nanos, due ? next.due() : target);
            return due ? tasks.poll() : null;
        }
    }

    private record Task(long due, long order, Runnable action) {}

    private static final class Failures {

        private @Nullable Throwable first;

        void add(Throwable failure) {
            if (first == null) {
                first = failure;
            } else if (!first.equals(failure)) {
                first.addSuppressed(failure);
            }
        }

        void rethrow() {
            if (first instanceof Error error) {
                throw error;
            }
            if (first instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }
}
