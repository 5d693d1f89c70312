package io.ccflare.store.jdbc;

import io.ccflare.api.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Accounts, shared state and the request log of a gateway in one SQL database.
 *
 * <pre>{@code
 * try (var dataSource = Sqlite.open(Path.of("data/ccflare.db"));
 *         var store = JdbcStore.builder(dataSource).encryptionKey(EncryptionKey.of(key)).build();
 *         var gateway = Gateway.builder(store.accounts()).sharedState(store.state()).listener(store.log()).build()) {
 *     ...
 * }
 * }</pre>
 *
 * <p>The data source stays the host's: it is neither changed nor closed. Connections may come with auto-commit on or off and go back
 * as they came. One connection at a time is enough; three (accounts, state, log) do not wait for one another.
 *
 * <p>Thread-safe. {@link #close()} ends the log; accounts and state have nothing to end.
 *
 * @since 1.0
 */
public final class JdbcStore implements AutoCloseable {

    private final JdbcAccountStore accounts;
    private final JdbcSharedState state;
    private final JdbcRequestLog log;

    private JdbcStore(Jdbc jdbc, Sql sql, Vault vault, LogSettings logSettings, TimeSource time) {
        this.accounts = new JdbcAccountStore(jdbc, sql, vault, time);
        this.state = new JdbcSharedState(jdbc, sql, time);
        this.log = new JdbcRequestLog(new RequestTable(jdbc, sql), logSettings, time);
    }

    /** Begins a store over a database. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /** The accounts. */
    public JdbcAccountStore accounts() {
        return accounts;
    }

    /** What nodes share: cooldowns, usage windows, sessions, bindings. */
    public JdbcSharedState state() {
        return state;
    }

    /** The request log: give it to the gateway as a listener. */
    public JdbcRequestLog log() {
        return log;
    }

    /** Closes the log: see {@link JdbcRequestLog#close()}. Close the gateway first and the data source after. Idempotent. */
    @Override
    public void close() {
        log.close();
    }

    /** Builds a {@link JdbcStore}. Not thread-safe. */
    public static final class Builder {

        private static final Pattern PREFIX = Pattern.compile("([A-Za-z][A-Za-z0-9_]{0,29})?");

        private final DataSource dataSource;
        private @Nullable SqlDialect dialect;
        private String tablePrefix = "ccflare_";
        private @Nullable EncryptionKey encryptionKey;
        private MigrationMode migration = MigrationMode.MIGRATE;
        private TimeSource time = new SystemTime();
        private int logQueueBound = LogSettings.DEFAULTS.queueBound();
        private int logBatchSize = LogSettings.DEFAULTS.batchSize();
        private Duration logRetention = LogSettings.DEFAULTS.retention();
        private Duration logCloseWithin = LogSettings.DEFAULTS.closeWithin();

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /** Which SQL to speak. Default: by the product name that the database tells. */
        public Builder dialect(SqlDialect dialect) {
            this.dialect = Objects.requireNonNull(dialect, "dialect");
            return this;
        }

        /** What the names of all tables begin with: at most 30 letters, digits and underscores, or nothing. Default {@code ccflare_}. */
        public Builder tablePrefix(String tablePrefix) {
            this.tablePrefix = Objects.requireNonNull(tablePrefix, "tablePrefix");
            return this;
        }

        /**
         * What credentials are encrypted with. Given for the first time, it encrypts those that are there; from then on the database
         * opens with this key only. Default null: they are stored in plain text, and a warning says so.
         */
        public Builder encryptionKey(@Nullable EncryptionKey encryptionKey) {
            this.encryptionKey = encryptionKey;
            return this;
        }

        /** What to do about the schema. Default {@link MigrationMode#MIGRATE}. */
        public Builder migration(MigrationMode migration) {
            this.migration = Objects.requireNonNull(migration, "migration");
            return this;
        }

        /** The time to go by. Default: the system's. */
        public Builder time(TimeSource time) {
            this.time = Objects.requireNonNull(time, "time");
            return this;
        }

        /** How many records may wait to be written before new ones are dropped; at least 1. Default 10,000. */
        public Builder logQueueBound(int logQueueBound) {
            this.logQueueBound = logQueueBound;
            return this;
        }

        /** How many records are written in one transaction at most; at least 1. Default 500. */
        public Builder logBatchSize(int logBatchSize) {
            this.logBatchSize = logBatchSize;
            return this;
        }

        /** How long records are kept; zero keeps them for ever. Default 30 days. */
        public Builder logRetention(Duration logRetention) {
            this.logRetention = Objects.requireNonNull(logRetention, "logRetention");
            return this;
        }

        /** How long closing may take to write what waits. Default 5 s. */
        public Builder logCloseWithin(Duration logCloseWithin) {
            this.logCloseWithin = Objects.requireNonNull(logCloseWithin, "logCloseWithin");
            return this;
        }

        /**
         * Opens the store: reaches the database, brings the schema up to date, checks the key.
         *
         * @throws IllegalArgumentException if settings are out of range; the message tells all of them
         * @throws JdbcStoreException if the database cannot be reached, is of an unknown kind, was written by a newer version, does not
         *     have the schema, or has another key or needs one
         */
        public JdbcStore build() {
            check();
            try {
                Jdbc jdbc = new Jdbc(dataSource, dialect == null ? detect() : dialect);
                Sql sql = new Sql(tablePrefix);
                new Migrations(jdbc, sql).run(migration, time.nowMillis());
                Vault vault = Vault.open(jdbc, sql, encryptionKey);
                LogSettings logSettings = new LogSettings(logQueueBound, logBatchSize, logRetention, logCloseWithin);
                return new JdbcStore(jdbc, sql, vault, logSettings, time);
            } catch (SQLException e) {
                throw new JdbcStoreException(
                        "the database cannot be used: " + e.getMessage()
                                + ". Check that it is reachable, that it is a database, and that its user may create and change tables",
                        e);
            }
        }

        private SqlDialect detect() throws SQLException {
            try (Connection connection = dataSource.getConnection()) {
                return SqlDialect.of(connection.getMetaData().getDatabaseProductName());
            }
        }

        private void check() {
            List<String> problems = new ArrayList<>();
            if (!PREFIX.matcher(tablePrefix).matches()) {
                problems.add(
                        "tablePrefix must be up to 30 letters, digits and underscores and begin with a letter, not \""
                                + tablePrefix + "\"");
            }
            if (logQueueBound < 1) {
                problems.add("logQueueBound must be at least 1, not " + logQueueBound);
            }
            if (logBatchSize < 1) {
                problems.add("logBatchSize must be at least 1, not " + logBatchSize);
            }
            if (logRetention.isNegative()) {
                problems.add("logRetention must not be negative (zero keeps records for ever), not " + logRetention);
            }
            if (logCloseWithin.isNegative()) {
                problems.add("logCloseWithin must not be negative, not " + logCloseWithin);
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", problems));
            }
        }
    }
}
