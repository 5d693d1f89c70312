package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.testkit.AccountStoreContract;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.h2.jdbcx.JdbcDataSource;

/** The store over a table of one's own keeps the contract. */
class TeamKeysTest extends AccountStoreContract {

    private static int databases;

    @Override
    protected AccountStore store(List<Account> accounts) throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:team-keys-" + ++databases + ";DB_CLOSE_DELAY=-1");
        TeamKeys keys = new TeamKeys(database);
        keys.createTable();
        for (Account account : accounts) {
            keys.lend(
                    Integer.parseInt(account.id()),
                    account.name(),
                    ((Credential.ApiKey) account.credential()).key().reveal(),
                    account.priority(),
                    !account.paused());
        }
        return keys;
    }

    @Override
    protected Set<Field> fields() {
        return EnumSet.of(Field.PRIORITY, Field.PAUSED);
    }

    @Override
    protected String id(int n) {
        return Integer.toString(n);
    }
}
