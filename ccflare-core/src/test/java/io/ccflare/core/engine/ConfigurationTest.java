package io.ccflare.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import io.ccflare.core.ConfigurationException;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.core.anthropic.AnthropicProvider;
import io.ccflare.fake.Fault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is refused at the start and how it is said; what two gateways share: nothing. */
class ConfigurationTest {

    private static ConfigurationException refused(ThrowingCallable build) {
        ConfigurationException refusal = catchThrowableOfType(ConfigurationException.class, build);
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private static Account.Builder account(String id, String name) {
        return Account.builder(id, name, Credential.apiKey("key-" + id));
    }

    @Test
    void a_store_without_an_account_is_refused_unless_that_is_allowed() {
        assertThat(refused(() -> Gateway.builder(List::of).build()))
                .hasMessageContaining("the account store is empty; add an account");
        Gateway.builder(List::of).emptyAllowed(true).build().close();
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        List<Account> accounts = List.of(
                account("1", "one").build(),
                account("1", "two").build(),
                account("3", "one").build(),
                account("4", "four").provider("elsewhere").build());
        ConfigurationException refusal = refused(() -> Gateway.builder(() -> accounts)
                .provider(new AnthropicProvider())
                .provider(new AnthropicProvider())
                .build());
        assertThat(refusal.problems()).hasSize(4);
        assertThat(refusal)
                .hasMessageContaining("provider anthropic is registered twice")
                .hasMessageContaining("two accounts have the id 1")
                .hasMessageContaining("two accounts have the name 'one'; rename one of them")
                .hasMessageContaining("'elsewhere', which is not registered; known are: anthropic");
        assertThat(refusal.toString()).doesNotContain("key-");
    }

    @Test
    void a_store_that_cannot_be_read_is_refused_with_its_cause() {
        IllegalStateException down = new IllegalStateException("the database is down");
        ConfigurationException refusal = refused(() -> Gateway.builder(() -> {
                    throw down;
                })
                .build());
        assertThat(refusal).hasMessageContaining("the database is down").hasCause(down);
    }

    @Test
    void a_credential_that_its_provider_does_not_take_is_refused() {
        Account account = Account.builder(
                        "1", "one", new Credential.OAuth(Secret.of("access"), Secret.of("refresh"), null))
                .build();
        assertThat(refused(() -> Gateway.builder(() -> List.of(account)).build()))
                .hasMessageContaining("give it an API key");
    }

    @Test
    void times_that_no_timer_can_count_are_refused() {
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        assertThat(refused(
                        () -> GatewaySettings.builder().sessionDuration(forEver).build()))
                .hasMessageContaining("sessionDuration must not be longer than 36500 days");
        assertThat(refused(() -> Timeouts.builder().drain(forEver).idle(forEver).build())
                        .problems())
                .hasSize(2);
    }

    @Test
    void settings_that_make_no_sense_are_refused_together() {
        assertThat(refused(() -> GatewaySettings.builder()
                                .maxAttempts(0)
                                .commitBytes(-1)
                                .bindingIdle(Duration.ZERO)
                                .build())
                        .problems())
                .hasSize(3);
        assertThat(refused(() -> Timeouts.builder()
                                .deadline(Duration.ZERO)
                                .commitDelay(Duration.ofSeconds(-1))
                                .build())
                        .problems())
                .hasSize(2);
    }

    @Test
    void accounts_that_become_wrong_later_leave_those_in_use() throws Exception {
        try (Rig rig = new Rig(1)) {
            Account good = rig.accounts.get(0);
            rig.accounts.add(good);
            CompletionException failure = catchThrowableOfType(
                    CompletionException.class, () -> rig.gateway.reload().join());
            assertThat(failure).hasRootCauseInstanceOf(ConfigurationException.class);
            assertThat(rig.post(Rig.SHORT).status()).isEqualTo(200);
        }
    }

    @Test
    void two_gateways_do_not_see_each_other() throws Exception {
        try (Rig one = new Rig(1);
                Rig other = new Rig(1)) {
            one.fake("a").fault(Fault.UNAUTHORIZED);
            assertThat(one.post(Rig.SHORT, "x-session-id", "s").status()).isEqualTo(503);
            assertThat(other.post(Rig.SHORT, "x-session-id", "s").status()).isEqualTo(200);
            assertThat(one.records).hasSize(1);
            one.gateway.close();
            assertThat(other.post(Rig.SHORT).status()).isEqualTo(200);
            assertThat(one.send("POST", "/v1/messages", Rig.SHORT).status()).isEqualTo(503);
        }
    }

    @Test
    void closing_ends_every_thread_of_the_gateways_own() throws Exception {
        Rig rig = new Rig(1);
        rig.post(Rig.SHORT);
        List<Thread> own = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ccflare-"))
                .filter(thread -> !thread.getName().contains("fake"))
                .toList();
        assertThat(own).extracting(Thread::getName).anyMatch(name -> name.equals("ccflare-events"));
        rig.close();
        rig.gateway.close();
        for (Thread thread : own) {
            thread.join(10_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }
}
