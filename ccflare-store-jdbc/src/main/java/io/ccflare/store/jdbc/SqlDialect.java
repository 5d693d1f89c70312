package io.ccflare.store.jdbc;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A kind of database: what it wants to be told in other words than the rest. Only text differs; what is done is the same everywhere.
 *
 * @since 1.0
 */
public enum SqlDialect {
    /**
     * SQLite 3.35 or newer. Writing transactions begin with {@code BEGIN IMMEDIATE}, so that they wait their turn and never fail
     * half-way.
     */
    SQLITE(
            "SQLite",
            "begin immediate",
            "begin",
            List.of("pragma secure_delete = on"),
            List.of("pragma wal_checkpoint(truncate)"));

    private final String product;
    private final @Nullable String beginWrite;
    private final @Nullable String beginRead;
    private final List<String> beforeScrub;
    private final List<String> afterScrub;

    SqlDialect(
            String product,
            @Nullable String beginWrite,
            @Nullable String beginRead,
            List<String> beforeScrub,
            List<String> afterScrub) {
        this.product = product;
        this.beginWrite = beginWrite;
        this.beginRead = beginRead;
        this.beforeScrub = beforeScrub;
        this.afterScrub = afterScrub;
    }

    /** @throws JdbcStoreException for a product that is not known */
    static SqlDialect of(String productName) {
        for (SqlDialect dialect : values()) {
            if (productName.toLowerCase(Locale.ROOT).contains(dialect.product.toLowerCase(Locale.ROOT))) {
                return dialect;
            }
        }
        throw new JdbcStoreException("the database calls itself \"" + productName
                + "\", which is not one that this store knows (SQLite); if it understands the SQL of one of them, say which with"
                + " JdbcStore.Builder.dialect(...)");
    }

    /** The statement that begins a transaction; null to begin it the way of JDBC. */
    @Nullable
    String begin(boolean writing) {
        return writing ? beginWrite : beginRead;
    }

    /** What to run, outside a transaction, before values are overwritten that must not remain in the files. */
    List<String> beforeScrub() {
        return beforeScrub;
    }

    /** What to run, outside a transaction, after that. */
    List<String> afterScrub() {
        return afterScrub;
    }
}
