package io.ccflare.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.RotatingAccountStore;
import io.ccflare.api.account.RotatingAccountStore.Replacement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of the contract that is about replacing credentials. */
abstract class RotatingAccounts extends AccountStoreFixture {

    /** For a {@link RotatingAccountStore}. */
    @Nested
    class Rotating {

        private RotatingAccountStore store;

        @BeforeEach
        void open() throws Exception {
            assumeTrue(fields().contains(AccountStoreContract.Field.OAUTH), "the store keeps no OAuth tokens");
            AccountStore any = store(
                    List.of(withCredential(1, tokens("access-1", "refresh-1", now().plusSeconds(60))), account(2)));
            store = as(RotatingAccountStore.class, any);
        }

        @Test
        void a_claim_is_held_by_one_of_many() throws Exception {
            String revision = revision(1);
            Instant until = now().plusSeconds(30);
            AtomicInteger held = new AtomicInteger();
            Threads.together(8, n -> {
                RotatingAccountStore node = n % 2 == 0 ? store : again();
                if (node.claimRefresh(id(1), revision, until)) {
                    held.incrementAndGet();
                }
            });
            assertThat(held).hasValue(1);
        }

        @Test
        void a_claim_keeps_others_out_until_it_lapses() throws Exception {
            assertThat(store.claimRefresh(id(1), revision(1), now().plusSeconds(30)))
                    .isTrue();
            pass(Duration.ofSeconds(29));
            assertThat(again().claimRefresh(id(1), revision(1), now().plusSeconds(30)))
                    .isFalse();
            pass(Duration.ofSeconds(2));
            assertThat(again().claimRefresh(id(1), revision(1), now().plusSeconds(30)))
                    .isTrue();
        }

        @Test
        void a_claim_on_one_account_leaves_others_free() throws Exception {
            assertThat(store.claimRefresh(id(1), revision(1), now().plusSeconds(30)))
                    .isTrue();
            assertThat(store.claimRefresh(id(2), revision(2), now().plusSeconds(30)))
                    .isTrue();
        }

        @Test
        void a_claim_on_another_revision_is_refused() throws Exception {
            assertThat(store.claimRefresh(id(1), revision(1) + "x", now().plusSeconds(30)))
                    .isFalse();
        }

        @Test
        void a_claim_on_an_unknown_account_is_refused() throws Exception {
            assertThat(store.claimRefresh(id(9), revision(1), now().plusSeconds(30)))
                    .isFalse();
        }

        @Test
        void a_replaced_credential_is_seen_by_every_node_when_told() throws Exception {
            Credential fresh = tokens("access-2", "refresh-2", now().plusSeconds(3600));
            Replacement outcome = store.replaceCredential(id(1), revision(1), fresh);
            assertThat(outcome).isInstanceOf(Replacement.Stored.class);
            Account stored = ((Replacement.Stored) outcome).account();
            assertThat(stored.credential()).isEqualTo(fresh);
            assertThat(again().accounts().get(0)).isEqualTo(stored);
        }

        @Test
        void replacing_changes_the_revision_and_nothing_else() throws Exception {
            Account before = store.accounts().get(0);
            Account other = store.accounts().get(1);
            Credential fresh = tokens("access-2", null, null);
            store.replaceCredential(id(1), before.revision(), fresh);
            Account after = store.accounts().get(0);
            assertThat(after.revision()).isNotEqualTo(before.revision());
            assertThat(after.toBuilder()
                            .revision(before.revision())
                            .credential(before.credential())
                            .build())
                    .isEqualTo(before);
            assertThat(store.accounts().get(1)).as("the other account").isEqualTo(other);
        }

        @Test
        void replacing_ends_the_claim() throws Exception {
            store.claimRefresh(id(1), revision(1), now().plusSeconds(30));
            store.replaceCredential(id(1), revision(1), tokens("access-2", "refresh-2", null));
            assertThat(again().claimRefresh(id(1), revision(1), now().plusSeconds(30)))
                    .isTrue();
        }

        @Test
        void an_old_revision_is_not_replaced_and_the_current_account_is_told() throws Exception {
            String old = revision(1);
            store.replaceCredential(id(1), old, tokens("access-2", "refresh-2", null));
            Replacement outcome = again().replaceCredential(id(1), old, tokens("late", "late", null));
            assertThat(outcome).isInstanceOf(Replacement.Conflict.class);
            Account current = ((Replacement.Conflict) outcome).current();
            assertThat(current.credential()).isEqualTo(tokens("access-2", "refresh-2", null));
            assertThat(store.accounts().get(0)).isEqualTo(current);
        }

        @Test
        void replacing_the_credential_of_an_unknown_account_tells_that_it_is_gone() throws Exception {
            assertThat(store.replaceCredential(id(9), "1", tokens("a", "b", null)))
                    .isInstanceOf(Replacement.Gone.class);
        }

        @Test
        void of_many_replacements_of_one_revision_one_is_stored() throws Exception {
            String revision = revision(1);
            List<Credential> stored = Collections.synchronizedList(new ArrayList<>());
            Threads.together(8, n -> {
                Credential mine = tokens("access-of-" + n, "refresh-of-" + n, null);
                RotatingAccountStore node = n % 2 == 0 ? store : again();
                if (node.replaceCredential(id(1), revision, mine) instanceof Replacement.Stored) {
                    stored.add(mine);
                }
            });
            assertThat(stored).hasSize(1);
            assertThat(store.accounts().get(0).credential()).isEqualTo(stored.get(0));
        }

        @Test
        void no_update_is_lost_among_many() throws Exception {
            store.replaceCredential(id(1), revision(1), tokens("0", null, null));
            int rounds = 10;
            Threads.together(4, n -> {
                RotatingAccountStore node = n % 2 == 0 ? store : again();
                for (int i = 0; i < rounds; i++) {
                    increment(node);
                }
            });
            assertThat(store.accounts().get(0).credential()).isEqualTo(tokens("" + 4 * rounds, null, null));
        }

        private void increment(RotatingAccountStore node) throws Exception {
            Replacement outcome;
            do {
                Account current = node.accounts().get(0);
                int count = Integer.parseInt(
                        ((Credential.OAuth) current.credential()).access().reveal());
                outcome = node.replaceCredential(id(1), current.revision(), tokens("" + (count + 1), null, null));
            } while (!(outcome instanceof Replacement.Stored));
        }

        private String revision(int n) throws Exception {
            return store.accounts().get(n - 1).revision();
        }

        private RotatingAccountStore again() throws Exception {
            return (RotatingAccountStore) reopened(store);
        }
    }
}
