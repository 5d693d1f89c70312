package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A real SQLite file whose connections are counted, and which can be made to fail or to hang. */
final class TestDatabase implements DataSource, AutoCloseable {

    final SqliteDataSource sqlite;
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger wronglyReturned = new AtomicInteger();
    volatile boolean autoCommit = true;
    volatile boolean down;
    volatile boolean broken;
    volatile CountDownLatch hang = new CountDownLatch(0);

    TestDatabase(Path file) {
        this.sqlite = Sqlite.open(file);
    }

    @Override
    public Connection getConnection() throws SQLException {
        opened.incrementAndGet();
        try {
            hang.await();
        } catch (InterruptedException e) {
            throw new SQLException("interrupted", e);
        }
        if (down) {
            throw new SQLException("the database is down");
        }
        if (broken) {
            throw new NoClassDefFoundError("a class of the driver");
        }
        Connection connection = sqlite.getConnection();
        try (Statement statement = connection.createStatement()) {
            // No test cuts the power.
            statement.execute("pragma synchronous = off");
        }
        boolean handedOut = autoCommit;
        connection.setAutoCommit(handedOut);
        open.incrementAndGet();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        open.decrementAndGet();
                        if (connection.getAutoCommit() != handedOut) {
                            wronglyReturned.incrementAndGet();
                        }
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    JdbcStore.Builder store() {
        return JdbcStore.builder(this);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = sqlite.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    List<String> strings(String query) throws SQLException {
        try (Connection connection = sqlite.getConnection();
                var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            List<String> strings = new ArrayList<>();
            while (result.next()) {
                strings.add(result.getString(1));
            }
            return strings;
        }
    }

    /** Every connection was closed, in the mode in which it was handed out. */
    void assertNothingLeaked() {
        assertThat(open).as("connections left open").hasValue(0);
        assertThat(wronglyReturned).as("connections returned in another mode").hasValue(0);
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited a minute in vain").isLessThan(deadline);
            Thread.yield();
        }
    }

    @Override
    public void close() throws SQLException {
        sqlite.close();
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("test");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("no wrapper");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
