package io.ccflare.store.jdbc;

import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.time.TimeSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a record of every request: a listener of a gateway that never waits for the database.
 *
 * <p>Records wait in a bounded queue and are written behind, by one daemon thread, in batches of one transaction each. While the
 * database is down a batch is tried again, after 200 ms at first and 30 s at most. When the queue is full, new records are dropped and
 * counted; {@link #stats()} tells, and so does the system logger at {@code WARNING}: the first time, then at most once a minute.
 * What waits when the process crashes is lost.
 *
 * <p>Times are kept to the millisecond, durations to the microsecond, money in millionths of a dollar. Thread-safe.
 *
 * @since 1.0
 */
public final class JdbcRequestLog implements GatewayListener, AutoCloseable {

    private final RequestTable table;
    private final LogWriter writer;

    JdbcRequestLog(RequestTable table, LogSettings settings, TimeSource time) {
        this.table = table;
        this.writer = new LogWriter(table, settings, time);
        writer.start();
    }

    /** Puts a record into the queue, or drops it when that is full or the log is closed. Never blocks, never throws. */
    @Override
    public void requestEnded(RequestRecord record) {
        writer.offer(record);
    }

    /** How the log is doing. Exact, at one moment. */
    public Stats stats() {
        return writer.stats();
    }

    /**
     * Waits until everything that was queued before this call is written and old records are deleted.
     *
     * @param within how long to wait, by the clock of the system
     * @return false if that was not enough
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public boolean flush(Duration within) throws InterruptedException {
        return writer.awaitIdle(within);
    }

    /**
     * The newest written records, newest first.
     *
     * @param limit how many at most, at least 1
     * @throws IllegalArgumentException if {@code limit} is not positive
     * @throws SQLException when the database cannot be read
     */
    public List<RequestRecord> recent(int limit) throws SQLException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        return table.recent(limit);
    }

    /**
     * A written record by its id.
     *
     * @throws SQLException when the database cannot be read
     */
    public Optional<RequestRecord> find(String id) throws SQLException {
        @Nullable RequestRecord found = table.find(id);
        return Optional.ofNullable(found);
    }

    /**
     * How many records are written and kept.
     *
     * @throws SQLException when the database cannot be read
     */
    public long count() throws SQLException {
        return table.count();
    }

    /**
     * Takes no more records, writes what waits within the bound ({@link JdbcStore.Builder#logCloseWithin}), counts the rest as dropped
     * and ends the thread. Idempotent. An interrupt cuts it short and is kept.
     */
    @Override
    public void close() {
        writer.close();
    }

    /**
     * How the log is doing.
     *
     * @param queued records that wait now
     * @param written records written so far
     * @param dropped records lost so far
     * @param failedBatches attempts to write a batch, or to delete old records, that failed so far
     */
    public record Stats(int queued, long written, long dropped, long failedBatches) {}
}
