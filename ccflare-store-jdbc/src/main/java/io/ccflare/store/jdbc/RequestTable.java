package io.ccflare.store.jdbc;

import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.RequestRecord;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of the log. Thread-safe. */
final class RequestTable {

    private final Jdbc jdbc;
    private final Sql sql;

    RequestTable(Jdbc jdbc, Sql sql) {
        this.jdbc = jdbc;
        this.sql = sql;
    }

    /** Writes a batch in one transaction; a record that is there already (a commit whose answer got lost) is written anew. */
    void write(List<LogEntry> batch) throws SQLException {
        try {
            write(batch, false);
        } catch (SQLException failure) {
            try {
                write(batch, true);
            } catch (SQLException again) {
                again.addSuppressed(failure);
                throw again;
            }
        }
    }

    private void write(List<LogEntry> batch, boolean anew) throws SQLException {
        List<@Nullable Object[]> ids = new ArrayList<>();
        List<@Nullable Object[]> requests = new ArrayList<>();
        List<@Nullable Object[]> attempts = new ArrayList<>();
        for (LogEntry entry : batch) {
            ids.add(new @Nullable Object[] {entry.id()});
            requests.add(entry.request());
            attempts.addAll(entry.attempts());
        }
        jdbc.write(tx -> {
            if (anew) {
                tx.batch(sql.deleteRequest(), ids);
                tx.batch(sql.deleteAttempts(), ids);
            }
            tx.batch(sql.insertRequest(), requests);
            tx.batch(sql.insertAttempt(), attempts);
            return null;
        });
    }

    /** @return how many were deleted; fewer than {@code limit} when none is left */
    int deleteStartedBefore(long epochMillis, int limit) throws SQLException {
        return jdbc.write(tx -> {
            List<@Nullable Object[]> ids = tx.query(
                    sql.selectOldRequests(), row -> new @Nullable Object[] {row.text("id")}, epochMillis, limit);
            tx.batch(sql.deleteAttempts(), ids);
            tx.batch(sql.deleteRequest(), ids);
            return ids.size();
        });
    }

    List<RequestRecord> recent(int limit) throws SQLException {
        return jdbc.read(tx -> withAttempts(tx, tx.query(sql.selectRecentRequests(), RequestTable::found, limit)));
    }

    @Nullable
    RequestRecord find(String id) throws SQLException {
        List<RequestRecord> found =
                jdbc.read(tx -> withAttempts(tx, tx.query(sql.selectRequest(), RequestTable::found, id)));
        return found.isEmpty() ? null : found.get(0);
    }

    long count() throws SQLException {
        Long count = jdbc.read(tx -> tx.first(sql.countRequests(), row -> row.number("n")));
        return count == null ? 0 : count;
    }

    private static Found found(Row row) throws SQLException {
        return new Found(row.text("id"), RecordRows.request(row));
    }

    private List<RequestRecord> withAttempts(Transaction tx, List<Found> found) throws SQLException {
        List<RequestRecord> records = new ArrayList<>();
        for (Found one : found) {
            List<AttemptRecord> attempts = tx.query(sql.selectAttempts(), RecordRows::attempt, one.id);
            records.add(one.record.attempts(attempts).build());
        }
        return records;
    }

    private record Found(String id, RequestRecord.Builder record) {}
}
