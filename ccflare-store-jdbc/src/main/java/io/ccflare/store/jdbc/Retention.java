package io.ccflare.store.jdbc;

import io.ccflare.api.time.TimeSource;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When old records are to be deleted: at first, and every hour from then on. Guarded by the lock of its user, except as told. */
final class Retention {

    private static final Duration EVERY = Duration.ofHours(1);
    private static final int AT_ONCE = 500;

    private final TimeSource time;
    private final Duration kept;
    private boolean due;
    private TimeSource.@Nullable Timer timer;

    Retention(TimeSource time, Duration kept) {
        this.time = time;
        this.kept = kept;
        this.due = !kept.isZero();
    }

    boolean due() {
        return due;
    }

    void fallDue() {
        due = true;
    }

    void stop() {
        due = false;
        if (timer != null) {
            timer.cancel();
        }
    }

    /**
     * Deletes one portion. Needs no lock.
     *
     * @return whether more is left
     */
    boolean deleteSome(RequestTable table) throws SQLException {
        return table.deleteStartedBefore(time.now().minus(kept).toEpochMilli(), AT_ONCE) == AT_ONCE;
    }

    /** Nothing is left to delete for now; {@code next} runs without the lock when it is time again. */
    void done(Runnable next) {
        due = false;
        timer = time.after(EVERY, next);
    }
}
