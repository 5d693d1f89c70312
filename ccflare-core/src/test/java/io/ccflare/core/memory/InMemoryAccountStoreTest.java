package io.ccflare.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.testkit.AccountStoreContract;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InMemoryAccountStoreTest extends AccountStoreContract {

    @Override
    protected AccountStore store(List<Account> accounts) {
        return new InMemoryAccountStore(accounts, time()::now);
    }

    @Test
    void two_accounts_of_one_name_are_refused_at_the_start() {
        Account one = Account.builder("1", "same", Credential.apiKey("a")).build();
        Account two = Account.builder("2", "same", Credential.apiKey("b")).build();
        assertThatThrownBy(() -> InMemoryAccountStore.of(one, two))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the name same");
    }

    @Test
    void a_callback_that_watches_twice_is_ended_once_per_handle() throws Exception {
        Account one = Account.builder("1", "one", Credential.apiKey("a")).build();
        InMemoryAccountStore store = InMemoryAccountStore.of(one);
        AtomicInteger told = new AtomicInteger();
        Runnable callback = told::incrementAndGet;
        AutoCloseable first = store.watch(callback);
        try (AutoCloseable second = store.watch(callback)) {
            first.close();
            first.close();
            store.pause("1", true);
            assertThat(told).hasValue(1);
        }
    }
}
