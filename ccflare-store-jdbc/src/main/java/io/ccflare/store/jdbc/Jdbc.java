package io.ccflare.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in transactions: a connection per piece of work, always closed, with auto-commit as it was found. Thread-safe.
 */
final class Jdbc {

    private final DataSource dataSource;
    private final SqlDialect dialect;

    Jdbc(DataSource dataSource, SqlDialect dialect) {
        this.dataSource = dataSource;
        this.dialect = dialect;
    }

    /** In a transaction that may write. In SQLite no other writes while it runs. */
    <T extends @Nullable Object> T write(Work<T> work) throws SQLException {
        return transact(true, work);
    }

    /** In a transaction that sees one state of the data. */
    <T extends @Nullable Object> T read(Work<T> work) throws SQLException {
        return transact(false, work);
    }

    /** Like {@link #write}, and what was overwritten does not remain in the files of the database. */
    void scrub(Work<?> work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try {
                execute(connection, dialect.beforeScrub());
                inTransaction(connection, true, work);
                execute(connection, dialect.afterScrub());
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private <T extends @Nullable Object> T transact(boolean writing, Work<T> work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            try {
                return inTransaction(connection, writing, work);
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private <T extends @Nullable Object> T inTransaction(Connection connection, boolean writing, Work<T> work)
            throws SQLException {
        String begin = dialect.begin(writing);
        connection.setAutoCommit(begin != null);
        if (begin != null) {
            execute(connection, List.of(begin));
        }
        try {
            T result = work.in(new Transaction(connection));
            end(connection, begin != null, true);
            return result;
        } catch (Throwable failure) {
            try {
                end(connection, begin != null, false);
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
    }

    private static void end(Connection connection, boolean begunByStatement, boolean commit) throws SQLException {
        if (begunByStatement) {
            execute(connection, List.of(commit ? "commit" : "rollback"));
        } else if (commit) {
            connection.commit();
        } else {
            connection.rollback();
        }
    }

    private static void execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** What runs in a transaction; when it throws, nothing of it stays. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T in(Transaction transaction) throws SQLException;
    }
}
