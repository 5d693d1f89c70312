package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.store.jdbc.EncryptionKey;
import io.ccflare.store.jdbc.JdbcStore;
import io.ccflare.store.jdbc.JdbcStoreException;
import io.ccflare.store.jdbc.Sqlite;
import io.ccflare.store.jdbc.SqliteDataSource;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The proxy's SQLite file, and the accounts that were in it at the start.
 *
 * @param store over {@code source}
 */
record ProxyDatabase(SqliteDataSource source, JdbcStore store, List<Account> accounts) implements AutoCloseable {

    /**
     * Opens it and makes it when it is missing.
     *
     * @throws JdbcStoreException with what to do
     */
    static ProxyDatabase open(Path file, @Nullable EncryptionKey key) throws SQLException {
        SqliteDataSource source = Sqlite.open(file);
        try {
            JdbcStore store = JdbcStore.builder(source).encryptionKey(key).build();
            return new ProxyDatabase(source, store, store.accounts().accounts());
        } catch (SQLException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    @Override
    public void close() throws SQLException {
        store.close();
        source.close();
    }
}
