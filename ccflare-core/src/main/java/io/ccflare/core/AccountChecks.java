package io.ccflare.core;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.RotatingAccountStore;
import io.ccflare.api.provider.Provider;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What must be true of accounts before they are used. */
final class AccountChecks {

    private AccountChecks() {}

    static void check(Checks checks, AccountStore store, List<Account> accounts, List<Provider> providers) {
        Set<String> ids = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Account account : accounts) {
            if (!ids.add(account.id())) {
                checks.problem("two accounts have the id " + account.id() + "; give each its own");
            }
            if (!names.add(account.name())) {
                checks.problem("two accounts have the name '" + account.name() + "'; rename one of them");
            }
            credential(checks, store, account, providers);
        }
    }

    private static void credential(Checks checks, AccountStore store, Account account, List<Provider> providers) {
        Optional<Provider> provider = providers.stream()
                .filter(p -> p.name().equals(account.provider()))
                .findFirst();
        if (provider.isEmpty()) {
            String known = providers.stream().map(Provider::name).collect(Collectors.joining(", "));
            checks.problem("account '" + account.name() + "' belongs to provider '" + account.provider()
                    + "', which is not registered; known are: " + known);
        } else if (!provider.get().accepts(account.credential())) {
            checks.problem("account '" + account.name() + "' has a credential of a kind that provider '"
                    + account.provider() + "' does not take; give it an API key");
        } else if (account.credential() instanceof Credential.OAuth && !(store instanceof RotatingAccountStore)) {
            checks.problem(
                    "account '" + account.name()
                            + "' signs in by OAuth, and its store cannot keep a new token; use a store that is a RotatingAccountStore");
        }
    }
}
