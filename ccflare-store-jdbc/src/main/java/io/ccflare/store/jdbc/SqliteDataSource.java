package io.ccflare.store.jdbc;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connection for each use: that takes SQLite about a millisecond, a pool would save little. One more connection stays open
 * until {@link #close()}, because SQLite empties its write-ahead log, which is slow, whenever the last connection closes.
 *
 * <p>Thread-safe. Made by {@link Sqlite#open}.
 *
 * @since 1.0
 */
public final class SqliteDataSource implements DataSource, AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final String url;
    private final Connection keeper;
    private volatile boolean closed;

    SqliteDataSource(Path file) throws SQLException {
        this.url = "jdbc:sqlite:" + file;
        this.keeper = connect();
        try (Statement statement = keeper.createStatement()) {
            // The first look into the file: says at once if it is no database.
            statement.execute("select count(*) from sqlite_schema");
        } catch (SQLException e) {
            keeper.close();
            throw e;
        }
    }

    /**
     * A connection of its own, in auto-commit mode.
     *
     * @throws SQLException if it cannot be opened, or this source is closed
     */
    @Override
    public Connection getConnection() throws SQLException {
        if (closed) {
            throw new SQLException("the data source of " + url + " is closed");
        }
        return connect();
    }

    /** The same as without name and password: a file knows neither. */
    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return getConnection();
    }

    /**
     * Hands out no more connections. Those in use go on. Idempotent.
     *
     * @throws SQLException if SQLite cannot tidy up
     */
    @Override
    public void close() throws SQLException {
        closed = true;
        keeper.close();
    }

    private Connection connect() throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("busy_timeout", Integer.toString(PATIENCE_MILLIS));
        settings.setProperty("journal_mode", "WAL");
        settings.setProperty("synchronous", "FULL");
        settings.setProperty("secure_delete", "true");
        return DriverManager.getConnection(url, settings);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("there is nothing to log");
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("nobody logs in to a file");
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("there is nothing to log");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("not a wrapper for " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
