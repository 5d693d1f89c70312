package io.ccflare.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import io.ccflare.testkit.AccountStoreContract.Field;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a host tells of its store, and the accounts that the groups of the contract use. */
abstract class AccountStoreFixture {

    private final TestTime time = new TestTime();

    /**
     * A store that holds exactly these accounts, all others gone. Called once per test.
     *
     * @param accounts with no more set than {@link #fields()} says; ids and names ascend
     */
    protected abstract AccountStore store(List<Account> accounts) throws Exception;

    /** What the store keeps beyond id, name and API key. Default: everything. */
    protected Set<Field> fields() {
        return EnumSet.allOf(Field.class);
    }

    /** The id of the n-th account of a test, ascending; for stores whose ids have a form. Default: {@code account-01}. */
    protected String id(int n) {
        return "account-%02d".formatted(n);
    }

    /**
     * Another instance over the same data, as another node has it, to show that changes are durable when told. Default: the
     * same instance.
     */
    protected AccountStore reopened(AccountStore store) throws Exception {
        return store;
    }

    /** The time that the store is to go by; give it to the store. */
    protected final TestTime time() {
        return time;
    }

    /** What the store's clock shows. Override when it cannot go by {@link #time()}. */
    protected Instant now() throws Exception {
        return time.now();
    }

    /** Lets time pass for the store. Override when it cannot go by {@link #time()}. */
    protected void pass(Duration duration) throws Exception {
        time.advance(duration);
    }

    /** The store as one with an ability; without it the test is skipped, and says so. */
    static <T extends AccountStore> T as(Class<T> ability, AccountStore store) {
        assumeTrue(ability.isInstance(store), () -> "the store is no " + ability.getSimpleName());
        return ability.cast(store);
    }

    /** Equal in all that the store keeps. */
    final void assertSame(Account expected, Account actual) {
        Account.Builder comparable = expected.toBuilder().revision(actual.revision());
        if (!fields().contains(Field.PROVIDER)) {
            comparable.provider(actual.provider());
        }
        assertThat(actual).isEqualTo(comparable.build());
        assertThat(actual.credential()).isEqualTo(expected.credential());
    }

    final Account account(int n) {
        return withCredential(n, Credential.apiKey("key-of-" + n));
    }

    final Account withCredential(int n, Credential credential) {
        return Account.builder(id(n), "name %02d".formatted(n), credential).build();
    }

    /** An account with everything set that the store keeps. */
    final Account rich(int n) {
        Set<Field> kept = fields();
        Account.Builder account = account(n).toBuilder();
        if (kept.contains(Field.PROVIDER)) {
            account.provider("another-provider");
        }
        if (kept.contains(Field.PRIORITY)) {
            account.priority(-7);
        }
        if (kept.contains(Field.ENDPOINT)) {
            account.endpoint(URI.create("https://llm.example:8443/base/%2F/ü"));
        }
        if (kept.contains(Field.PAUSED)) {
            account.paused(true);
        }
        if (kept.contains(Field.QUOTA_DOMAIN)) {
            account.quotaDomain("Organisation 'Ä'");
        }
        if (kept.contains(Field.MAX_IN_FLIGHT)) {
            account.maxInFlight(Integer.MAX_VALUE);
        }
        return account.build();
    }

    static Credential tokens(String access, @Nullable String refresh, @Nullable Instant expiresAt) {
        return new Credential.OAuth(Secret.of(access), refresh == null ? null : Secret.of(refresh), expiresAt);
    }
}
