package io.ccflare.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link AccountStore} keeps to. A host extends this class in its own tests and overrides one method:
 *
 * <pre>{@code
 * class OurAccountsTest extends AccountStoreContract {
 *     protected AccountStore store(List<Account> accounts) {
 *         accounts.forEach(account -> table.insert(account.id(), account.name(), account.credential()));
 *         return new OurAccounts(dataSource);
 *     }
 *
 *     protected Set<Field> fields() {
 *         return Set.of();                // our table knows an id, a name and a key
 *     }
 * }
 * }</pre>
 *
 * <p>The groups for rotating, editable and watchable stores apply when the store is of that kind; otherwise they are reported
 * as skipped, with the reason.
 *
 * @since 1.0
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
public abstract class AccountStoreContract extends EditableAccounts {

    /** What a store may keep beyond an account's id, its name and an API key. */
    public enum Field {
        /** {@link Account#provider()}; a store without it is for one provider. */
        PROVIDER,
        /** {@link Account#priority()}. */
        PRIORITY,
        /** {@link Account#endpoint()}. */
        ENDPOINT,
        /** {@link Account#paused()}. */
        PAUSED,
        /** {@link Account#quotaDomain()}. */
        QUOTA_DOMAIN,
        /** {@link Account#maxInFlight()}. */
        MAX_IN_FLIGHT,
        /** Credentials of the kind {@link Credential.OAuth}. */
        OAUTH
    }

    private static final String EVERY_VISIBLE_CHARACTER =
            IntStream.rangeClosed('!', '~').mapToObj(Character::toString).collect(Collectors.joining());

    /** Reading, for every store. */
    @Nested
    class Reading {

        @Test
        void an_empty_store_has_no_accounts() throws Exception {
            assertThat(store(List.of()).accounts()).isEmpty();
        }

        @Test
        void accounts_come_back_as_they_were_stored() throws Exception {
            assertRoundTrip(List.of(account(1), rich(2), account(3)));
        }

        @Test
        void accounts_come_in_their_order() throws Exception {
            List<Account> stored =
                    IntStream.rangeClosed(1, 30).mapToObj(n -> account(n)).toList();
            assertRoundTrip(stored);
        }

        @Test
        void ids_and_names_are_unique() throws Exception {
            AccountStore store =
                    store(IntStream.rangeClosed(1, 30).mapToObj(n -> account(n)).toList());
            assertThat(store.accounts()).extracting(Account::id).doesNotHaveDuplicates();
            assertThat(store.accounts()).extracting(Account::name).doesNotHaveDuplicates();
        }

        @Test
        void a_key_keeps_every_character() throws Exception {
            assertRoundTrip(List.of(
                    Account.builder(id(1), "name 1", Credential.apiKey(EVERY_VISIBLE_CHARACTER))
                            .build(),
                    Account.builder(id(2), "name 2", Credential.apiKey("';drop/**/table/**/x;--%s${a}\\n\\u0000?"))
                            .build(),
                    Account.builder(id(3), "name 3", Credential.apiKey("k".repeat(200)))
                            .build()));
        }

        @Test
        void a_name_keeps_every_character() throws Exception {
            Credential key = Credential.apiKey("key");
            assertRoundTrip(List.of(
                    Account.builder(id(1), "O'Hara \"the\" 100%_\\", key).build(),
                    Account.builder(id(2), "Prüfung 東京", key).build(),
                    Account.builder(id(3), "x".repeat(Account.MAX_NAME_LENGTH), key)
                            .build()));
        }

        @Test
        void a_paused_account_is_listed_as_paused() throws Exception {
            assumeTrue(fields().contains(Field.PAUSED), "the store does not keep whether an account is paused");
            assertRoundTrip(List.of(account(1).toBuilder().paused(true).build(), account(2)));
        }

        @Test
        void tokens_come_back_whole() throws Exception {
            assumeTrue(fields().contains(Field.OAUTH), "the store does not keep OAuth credentials");
            Instant expiry = now().plusMillis(3_600_123);
            assertRoundTrip(List.of(
                    withCredential(1, tokens("a".repeat(3000), "r".repeat(3000), expiry)),
                    withCredential(2, tokens(EVERY_VISIBLE_CHARACTER, null, null)),
                    withCredential(3, tokens("a", EVERY_VISIBLE_CHARACTER, null))));
        }

        @Test
        void reading_again_gives_the_same() throws Exception {
            AccountStore store = store(List.of(account(1), rich(2)));
            assertThat(store.accounts()).isEqualTo(store.accounts());
            assertThat(reopened(store).accounts()).isEqualTo(store.accounts());
        }

        @Test
        void what_a_caller_does_to_the_list_does_not_reach_the_store() throws Exception {
            AccountStore store = store(List.of(account(1), account(2)));
            List<Account> list = store.accounts();
            try {
                list.clear();
            } catch (UnsupportedOperationException e) {
                assertThat(list).hasSize(2);
            }
            assertThat(store.accounts()).hasSize(2);
        }

        @Test
        void many_may_read_at_once() throws Exception {
            AccountStore store = store(List.of(account(1), rich(2), account(3)));
            List<Account> expected = store.accounts();
            Threads.together(8, n -> {
                for (int i = 0; i < 10; i++) {
                    assertThat(store.accounts()).isEqualTo(expected);
                }
            });
        }
    }

    private void assertRoundTrip(List<Account> given) throws Exception {
        AccountStore store = store(given);
        for (List<Account> read : List.of(store.accounts(), reopened(store).accounts())) {
            assertThat(read).hasSameSizeAs(given);
            for (int i = 0; i < given.size(); i++) {
                assertSame(given.get(i), read.get(i));
            }
        }
    }
}
