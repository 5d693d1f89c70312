package io.ccflare.store.jdbc;

import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The pause after a failure, twice as long after each until something succeeds. Guarded by the lock of its user. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final TimeSource time;
    private Duration length = Duration.ZERO;
    private boolean pausing;
    private TimeSource.@Nullable Timer timer;

    Backoff(TimeSource time) {
        this.time = time;
    }

    boolean pausing() {
        return pausing;
    }

    /** Begins the next pause; when its time has come, {@code due} runs without the lock, and is to call {@link #end}. */
    void begin(Runnable due) {
        Duration doubled = length.isZero() ? FIRST : length.multipliedBy(2);
        length = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        pausing = true;
        timer = time.after(length, due);
    }

    void end() {
        pausing = false;
    }

    /**
     * The next pause is the shortest again.
     *
     * @return whether there was a failure since the last success
     */
    boolean succeeded() {
        boolean recovered = !length.isZero();
        length = Duration.ZERO;
        return recovered;
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
