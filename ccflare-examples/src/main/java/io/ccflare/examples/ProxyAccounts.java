package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The accounts in the database, then those of the environment.
 *
 * @param upstream where those go that name no endpoint of their own; null for the real API
 */
record ProxyAccounts(
        AccountStore stored, List<Account> keys, @Nullable URI upstream) implements AccountStore {

    @Override
    public List<Account> accounts() throws Exception {
        return Stream.concat(stored.accounts().stream(), keys.stream())
                .map(account -> account.endpoint() == null
                        ? account.toBuilder().endpoint(upstream).build()
                        : account)
                .toList();
    }
}
