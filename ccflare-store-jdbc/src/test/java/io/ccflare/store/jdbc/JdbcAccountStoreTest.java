package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.testkit.AccountStoreContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With credentials in plain text. */
class JdbcAccountStoreTest extends AccountStoreContract {

    @TempDir
    Path folder;

    private final List<JdbcStore> stores = new ArrayList<>();
    private TestDatabase database;

    @BeforeEach
    void openDatabase() {
        database = new TestDatabase(folder.resolve("accounts.db"));
        database.autoCommit = autoCommit();
    }

    @AfterEach
    void closeDatabase() throws Exception {
        stores.forEach(JdbcStore::close);
        database.assertNothingLeaked();
        database.close();
    }

    @Nullable
    EncryptionKey key() {
        return null;
    }

    boolean autoCommit() {
        return true;
    }

    @Override
    protected AccountStore store(List<Account> accounts) throws Exception {
        JdbcAccountStore store = open();
        for (Account account : accounts) {
            store.add(account);
        }
        return store;
    }

    @Override
    protected AccountStore reopened(AccountStore store) {
        return open();
    }

    private synchronized JdbcAccountStore open() {
        JdbcStore store = database.store().encryptionKey(key()).time(time()).build();
        stores.add(store);
        return store.accounts();
    }

    @Test
    void accounts_come_in_the_order_in_which_they_were_added() throws Exception {
        JdbcAccountStore store = open();
        for (String id : List.of("m", "z", "a", "k")) {
            store.add(Account.builder(id, "name of " + id, Credential.apiKey("key"))
                    .build());
        }
        store.remove("z");
        store.add(Account.builder("b", "name of b", Credential.apiKey("key")).build());
        assertThat(store.accounts()).extracting(Account::id).containsExactly("m", "a", "k", "b");
    }

    @Test
    void two_stores_with_other_prefixes_in_one_database_do_not_see_each_other() throws Exception {
        try (JdbcStore other =
                database.store().tablePrefix("other_").encryptionKey(key()).build()) {
            other.accounts()
                    .add(Account.builder("1", "one", Credential.apiKey("key")).build());
            assertThat(open().accounts()).isEmpty();
            assertThat(other.accounts().accounts()).hasSize(1);
        }
    }
}
