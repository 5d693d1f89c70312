package io.ccflare.store.jdbc;

import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Logs one kind of trouble sparingly: the first time, then at most once a minute. Thread-safe. */
final class Complaints {

    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final System.Logger log;
    private final TimeSource time;
    private boolean complained;
    private long last;

    Complaints(System.Logger log, TimeSource time) {
        this.log = log;
        this.time = time;
    }

    void about(String trouble, @Nullable Throwable cause) {
        synchronized (this) {
            long now = time.nanos();
            if (complained && now - last < PAUSE_NANOS) {
                return;
            }
            complained = true;
            last = now;
        }
        log.log(System.Logger.Level.WARNING, trouble, cause);
    }
}
