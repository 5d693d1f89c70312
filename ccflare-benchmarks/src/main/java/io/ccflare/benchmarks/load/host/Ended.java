package io.ccflare.benchmarks.load.host;

import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.store.jdbc.JdbcRequestLog;
import io.ccflare.store.jdbc.JdbcStore;
import io.ccflare.store.jdbc.Sqlite;
import io.ccflare.store.jdbc.SqliteDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts records, and may keep them in a database too. */
final class Ended implements GatewayListener, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LongAdder all = new LongAdder();
    private final LongAdder ok = new LongAdder();
    private final @Nullable SqliteDataSource database;
    private final @Nullable JdbcStore store;

    Ended() {
        this(null);
    }

    private Ended(@Nullable SqliteDataSource database) {
        this.database = database;
        this.store = database == null ? null : JdbcStore.builder(database).build();
    }

    static Ended kept(String file) {
        return new Ended(Sqlite.open(Path.of(file)));
    }

    @Override
    public void requestEnded(RequestRecord requestRecord) {
        all.increment();
        if (requestRecord.outcome() == Outcome.OK) {
            ok.increment();
        }
        if (store != null) {
            store.log().requestEnded(requestRecord);
        }
    }

    void tell(Map<String, Long> stats) {
        stats.put("ended", all.sum());
        stats.put("ended.ok", ok.sum());
        if (store != null) {
            JdbcRequestLog.Stats log = store.log().stats();
            stats.put("log.written", log.written());
            stats.put("log.dropped", log.dropped());
            stats.put("log.failed", log.failedBatches());
        }
    }

    /** Waits until everything that was told is written. */
    void flush() throws IOException {
        try {
            if (store != null && !store.log().flush(PATIENCE)) {
                throw new IOException("the log did not write its records within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        if (store == null || database == null) {
            return;
        }
        store.close();
        try {
            database.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the database does not close", e);
        }
    }
}
