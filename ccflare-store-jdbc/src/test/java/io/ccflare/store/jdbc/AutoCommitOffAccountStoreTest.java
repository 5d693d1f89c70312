package io.ccflare.store.jdbc;

/** With a pool that hands out connections whose auto-commit is off. */
class AutoCommitOffAccountStoreTest extends JdbcAccountStoreTest {

    @Override
    boolean autoCommit() {
        return false;
    }
}
