package io.ccflare.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.EditableAccountStore;
import io.ccflare.api.account.EditableAccountStore.Edit;
import io.ccflare.api.account.RotatingAccountStore;
import io.ccflare.api.account.RotatingAccountStore.Replacement;
import io.ccflare.api.account.WatchableAccountStore;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of the contract that is about editing accounts and telling of it. */
abstract class EditableAccounts extends RotatingAccounts {

    /** For an {@link EditableAccountStore}. */
    @Nested
    class Editable {

        private EditableAccountStore store;

        @BeforeEach
        void open() throws Exception {
            AccountStore any = store(List.of(account(1), account(2)));
            store = as(EditableAccountStore.class, any);
        }

        @Test
        void an_added_account_is_seen_by_every_node_when_told() throws Exception {
            Edit outcome = store.add(rich(3));
            assertThat(outcome).isInstanceOf(Edit.Done.class);
            assertSame(rich(3), ((Edit.Done) outcome).account());
            assertThat(reopened(store).accounts()).hasSize(3).contains(((Edit.Done) outcome).account());
        }

        @Test
        void a_name_or_an_id_in_use_is_not_added_again() throws Exception {
            List<Account> before = store.accounts();
            Account sameName = Account.builder(id(3), "name 01", Credential.apiKey("other"))
                    .build();
            Account sameId = Account.builder(id(1), "name 03", Credential.apiKey("other"))
                    .build();
            assertThat(store.add(sameName)).isInstanceOf(Edit.NameTaken.class);
            assertThat(store.add(sameId)).isInstanceOf(Edit.NameTaken.class);
            assertThat(store.accounts()).isEqualTo(before);
        }

        @Test
        void of_many_who_add_one_name_one_succeeds() throws Exception {
            AtomicInteger added = new AtomicInteger();
            Threads.together(8, n -> {
                Account mine = Account.builder(id(10 + n), "wanted", Credential.apiKey("key-" + n))
                        .build();
                if (((EditableAccountStore) reopened(store)).add(mine) instanceof Edit.Done) {
                    added.incrementAndGet();
                }
            });
            assertThat(added).hasValue(1);
            assertThat(store.accounts()).hasSize(3);
        }

        @Test
        void a_renamed_account_is_seen_by_every_node_when_told() throws Exception {
            Account before = store.accounts().get(0);
            Edit outcome = store.rename(id(1), "Größer");
            Account expected = before.toBuilder().name("Größer").build();
            assertThat(outcome).isEqualTo(new Edit.Done(expected));
            assertThat(reopened(store).accounts().get(0)).isEqualTo(expected);
        }

        @Test
        void a_name_in_use_is_not_given_twice() throws Exception {
            List<Account> before = store.accounts();
            assertThat(store.rename(id(1), "name 02")).isInstanceOf(Edit.NameTaken.class);
            assertThat(store.accounts()).isEqualTo(before);
        }

        @Test
        void an_account_may_keep_its_name_or_change_its_case() throws Exception {
            assertThat(store.rename(id(1), "name 01")).isInstanceOf(Edit.Done.class);
            assertThat(store.rename(id(1), "NAME 01")).isInstanceOf(Edit.Done.class);
            assertThat(store.accounts().get(0).name()).isEqualTo("NAME 01");
        }

        @Test
        void a_name_that_no_account_may_have_is_refused() throws Exception {
            List<Account> before = store.accounts();
            for (String bad : List.of("", "  ", "a\nb", "x".repeat(Account.MAX_NAME_LENGTH + 1))) {
                assertThatThrownBy(() -> store.rename(id(1), bad)).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(store.accounts()).isEqualTo(before);
        }

        @Test
        void an_account_is_paused_and_taken_back() throws Exception {
            Account before = store.accounts().get(0);
            Account paused = before.toBuilder().paused(true).build();
            assertThat(store.pause(id(1), true)).isEqualTo(new Edit.Done(paused));
            assertThat(reopened(store).accounts().get(0)).isEqualTo(paused);
            assertThat(store.pause(id(1), true)).as("again").isEqualTo(new Edit.Done(paused));
            assertThat(store.pause(id(1), false)).isEqualTo(new Edit.Done(before));
            assertThat(reopened(store).accounts().get(0)).isEqualTo(before);
        }

        @Test
        void a_removed_account_is_gone_for_every_node_when_told() throws Exception {
            assertThat(store.remove(id(1))).isTrue();
            assertThat(reopened(store).accounts()).extracting(Account::id).containsExactly(id(2));
            assertThat(store.remove(id(1))).as("again").isFalse();
        }

        @Test
        void what_is_gone_cannot_be_edited() throws Exception {
            store.remove(id(1));
            assertThat(store.rename(id(1), "new name")).isInstanceOf(Edit.Gone.class);
            assertThat(store.pause(id(1), true)).isInstanceOf(Edit.Gone.class);
            assertThat(store.accounts()).hasSize(1);
        }

        @Test
        void a_name_is_free_again_after_its_account_is_gone() throws Exception {
            store.remove(id(1));
            assertThat(store.add(account(1))).isInstanceOf(Edit.Done.class);
            assertThat(store.accounts()).hasSize(2);
        }

        @Test
        void an_account_that_came_back_has_another_revision() throws Exception {
            assumeTrue(store instanceof RotatingAccountStore, "the store is no RotatingAccountStore");
            String old = store.accounts().get(0).revision();
            store.remove(id(1));
            store.add(account(1));
            Replacement outcome =
                    ((RotatingAccountStore) store).replaceCredential(id(1), old, Credential.apiKey("stale"));
            assertThat(outcome).isInstanceOf(Replacement.Conflict.class);
        }
    }

    /** For a {@link WatchableAccountStore} that is editable too: the contract has no other way to change it. */
    @Nested
    class Watchable {

        private WatchableAccountStore store;
        private EditableAccountStore editable;

        @BeforeEach
        void open() throws Exception {
            AccountStore any = store(List.of(account(1)));
            store = as(WatchableAccountStore.class, any);
            editable = as(EditableAccountStore.class, any);
        }

        @Test
        void a_change_is_told() throws Exception {
            CountDownLatch told = new CountDownLatch(1);
            try (AutoCloseable watch = store.watch(told::countDown)) {
                editable.pause(id(1), true);
                assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
            }
        }

        @Test
        void the_change_can_be_read_when_it_is_told() throws Exception {
            CountDownLatch seen = new CountDownLatch(1);
            Runnable look = () -> {
                try {
                    if (store.accounts().get(0).paused()) {
                        seen.countDown();
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            };
            try (AutoCloseable watch = store.watch(look)) {
                editable.pause(id(1), true);
                assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
            }
        }

        @Test
        void a_closed_watch_is_told_nothing_more_and_closes_twice() throws Exception {
            AtomicInteger closed = new AtomicInteger();
            CountDownLatch open = new CountDownLatch(1);
            AutoCloseable first = store.watch(closed::incrementAndGet);
            first.close();
            first.close();
            try (AutoCloseable second = store.watch(open::countDown)) {
                editable.pause(id(1), true);
                assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(closed).hasValue(0);
        }
    }
}
