package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.core.Gateway;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.h2.jdbcx.JdbcConnectionPool;

/** {@link NotesService} with its accounts in a table of its own, {@link TeamKeys}, in an H2 database. */
public final class OwnTableService {

    private OwnTableService() {}

    /** Starts it over an imitation of the API, until it is interrupted. */
    public static void main(String[] args) throws SQLException {
        Console.quiet();
        Demo demo = Demo.start();
        JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:notes;DB_CLOSE_DELAY=-1", "sa", "");
        TeamKeys keys = new TeamKeys(database);
        keys.createTable();
        int id = 0;
        for (Account account : demo.accounts()) {
            String key = ((Credential.ApiKey) account.credential()).key().reveal();
            keys.lend(++id, account.name(), key, 0, true);
        }
        Gateway gateway = Gateway.builder(toDemo(keys, demo)).build();
        NotesService service = NotesService.start(gateway, Map.of("annas-token", "anna"), 8082);
        Console.closeAtExit(gateway, service, database::dispose, demo);
        System.out.println("Notes on " + service.address() + ", accounts in the table team_key. Try:\n"
                + "  curl -i -H 'x-api-key: annas-token' " + service.address() + "/v1/models");
    }

    /** The keys are for the imitation, which has an address of its own; without this they would go to the real API. */
    private static AccountStore toDemo(TeamKeys keys, Demo demo) {
        return () -> {
            List<Account> accounts = keys.accounts();
            return accounts.stream()
                    .map(account -> account.toBuilder().endpoint(demo.uri()).build())
                    .toList();
        };
    }
}
