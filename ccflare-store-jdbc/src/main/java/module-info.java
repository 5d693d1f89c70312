/** Accounts, shared state and the request log in a SQL database, over any {@code DataSource}. */
module io.ccflare.store.jdbc {
    requires transitive io.ccflare.api;
    requires transitive java.sql;
    requires static transitive org.jspecify;

    exports io.ccflare.store.jdbc;
}
