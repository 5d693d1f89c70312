package io.ccflare.api.time;

import java.time.Duration;
import java.time.Instant;

/**
 * Where a gateway takes its time from: the wall clock, a monotonic clock and "call me after". Nothing in the engine asks the
 * system for the time in any other way, so that a test can move all of it by hand.
 *
 * <p>Implementations are thread-safe.
 *
 * @since 1.0
 */
public interface TimeSource {

    /** Milliseconds since the epoch (UTC) by the wall clock; may jump. */
    long nowMillis();

    /** Nanoseconds of a clock that never goes back; only differences mean something. */
    long nanos();

    /**
     * Runs {@code task} once, not before {@code delay} has passed.
     *
     * <p>The task runs on a thread of the time source that all timers share: it must be short and must not block. What it
     * throws is the source's to report; it does not stop other timers.
     *
     * @param delay zero or negative means as soon as possible
     * @return a handle that takes the task back
     */
    Timer after(Duration delay, Runnable task);

    /** The wall clock as an instant. */
    default Instant now() {
        return Instant.ofEpochMilli(nowMillis());
    }

    /** A task that waits for its time. Thread-safe. */
    @FunctionalInterface
    interface Timer {
        /** Takes the task back if it has not begun; otherwise does nothing. Idempotent. */
        void cancel();
    }
}
