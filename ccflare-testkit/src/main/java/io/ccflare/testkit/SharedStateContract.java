package io.ccflare.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.SharedState;
import io.ccflare.api.state.SharedState.Loaded;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.state.StateChange.Bound;
import io.ccflare.api.state.StateChange.Cleared;
import io.ccflare.api.state.StateChange.Cooled;
import io.ccflare.api.state.StateChange.Metered;
import io.ccflare.api.state.StateChange.SessionOpened;
import io.ccflare.api.state.StateChange.Unbound;
import io.ccflare.api.state.UsageWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SharedState} keeps to. Extend it in the tests of an implementation and override {@link #state()}, and
 * {@link #reopened} where two instances can share what they know.
 *
 * <p>Instants in it are whole milliseconds, so an implementation may cut finer ones.
 *
 * @since 1.0
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
public abstract class SharedStateContract {

    private final TestTime time = new TestTime();
    private final Instant t0 = time.now();

    /** A state that knows nothing. Called several times in some tests; those given before are not used any more then. */
    protected abstract SharedState state() throws Exception;

    /** Another instance over the same data, as another node has it. Default: the same instance. */
    protected SharedState reopened(SharedState state) throws Exception {
        return state;
    }

    /** The time that the state is to go by, if it needs one. */
    protected final TestTime time() {
        return time;
    }

    /** Saving and loading. */
    @Nested
    class Remembering {

        @Test
        void a_new_state_knows_nothing() throws Exception {
            assertThat(state().load(Instant.EPOCH).changes()).isEmpty();
        }

        @Test
        void saving_nothing_changes_nothing() throws Exception {
            SharedState state = state();
            state.save(List.of());
            assertThat(state.load(Instant.EPOCH).changes()).isEmpty();
        }

        @Test
        void every_kind_of_change_comes_back_whole_on_every_node() throws Exception {
            List<StateChange> changes = List.of(
                    new Cooled(new Cooldown(
                            "org 'Ä'", "opus", Cooldown.Kind.WINDOW, at(9000), at(1), "5h used up; \"quoted\" 100%\n")),
                    cooled("other", null, 1, 9000),
                    new Cleared("third", null, at(2)),
                    new Metered("a", List.of(fullWindow(), emptyWindow()), at(3)),
                    new SessionOpened("a", at(4)),
                    new Bound("digest-1", "a", at(5)),
                    new Unbound("digest-2", at(6)));
            SharedState state = state();
            state.save(changes);
            assertKnows(state, changes);
            assertKnows(reopened(state), changes);
        }

        @Test
        void saving_twice_is_like_saving_once() throws Exception {
            List<StateChange> changes = List.of(
                    cooled("o", "opus", 1, 9000),
                    new Bound("s", "a", at(2)),
                    metered("a", "5h", 0.5, 3),
                    new SessionOpened("a", at(4)));
            SharedState state = state();
            state.save(changes);
            state.save(changes);
            assertKnows(state, changes);
        }

        @Test
        void a_load_brings_what_was_saved_since_the_last_one() throws Exception {
            SharedState state = state();
            SharedState other = reopened(state);
            Instant since = Instant.EPOCH;
            for (int i = 1; i <= 5; i++) {
                StateChange change = new Bound("session-" + i, "a", at(i));
                other.save(List.of(change));
                Loaded loaded = state.load(since);
                assertThat(loaded.changes()).contains(change);
                since = loaded.asOf();
                time.advance(Duration.ofMinutes(3));
            }
        }

        @Test
        void a_late_report_of_an_early_change_is_brought_too() throws Exception {
            SharedState state = state();
            state.save(List.of(new Bound("new", "a", at(500_000))));
            Instant since = state.load(Instant.EPOCH).asOf();
            time.advance(Duration.ofMinutes(10));
            StateChange late = new Bound("old", "a", at(1));
            state.save(List.of(late));
            assertThat(state.load(since).changes()).contains(late);
        }
    }

    /** Of two changes of one thing the later wins, in whatever order they come. */
    @Nested
    class Merging {

        @Test
        void of_two_cooldowns_the_one_that_ends_later_stays() throws Exception {
            assertAnyOrder(cooled("o", null, 1, 9000), cooled("o", null, 2, 5000));
        }

        @Test
        void cooldowns_of_other_classes_and_domains_stand_beside_each_other() throws Exception {
            assertAnyOrder(cooled("o", null, 1, 9000), cooled("o", "opus", 1, 9000), cooled("p", "opus", 1, 9000));
        }

        @Test
        void a_success_clears_what_was_set_before_it_began() throws Exception {
            assertAnyOrder(cooled("o", "opus", 1, 9000), new Cleared("o", "opus", at(2)));
        }

        @Test
        void a_success_does_not_clear_what_was_set_after_it_began() throws Exception {
            assertAnyOrder(cooled("o", "opus", 2, 9000), new Cleared("o", "opus", at(2)));
        }

        @Test
        void a_success_of_one_class_clears_that_of_all_classes_too_and_no_other_class() throws Exception {
            assertAnyOrder(cooled("o", null, 1, 9000), cooled("o", "haiku", 1, 9000), new Cleared("o", "opus", at(2)));
        }

        @Test
        void a_success_of_an_unknown_class_clears_only_that_of_all_classes() throws Exception {
            assertAnyOrder(cooled("o", null, 1, 9000), cooled("o", "opus", 1, 9000), new Cleared("o", null, at(2)));
        }

        @Test
        void a_shorter_cooldown_set_later_outlives_the_clearing_of_a_longer_one() throws Exception {
            assertAnyOrder(cooled("o", "opus", 1, 9000), cooled("o", "opus", 5, 6000), new Cleared("o", "opus", at(3)));
        }

        @Test
        void of_two_bindings_the_later_stays() throws Exception {
            assertAnyOrder(new Bound("s", "b", at(1)), new Bound("s", "a", at(2)), new Bound("other", "c", at(0)));
        }

        @Test
        void a_session_is_unbound_by_a_later_change_only() throws Exception {
            assertAnyOrder(new Bound("s", "a", at(1)), new Unbound("s", at(2)));
            assertAnyOrder(new Bound("s", "a", at(3)), new Unbound("s", at(2)));
        }

        @Test
        void of_changes_at_one_instant_the_same_one_wins_in_any_order() throws Exception {
            assertSameInAnyOrder(new Bound("s", "a", at(1)), new Bound("s", "b", at(1)), new Unbound("s", at(1)));
            assertSameInAnyOrder(metered("a", "5h", 0.5, 1), metered("a", "5h", 0.7, 1));
        }

        @Test
        void a_window_is_replaced_by_a_later_one_of_its_name_and_class_only() throws Exception {
            assertAnyOrder(
                    metered("a", "5h", 0.5, 1),
                    metered("a", "5h", 0.2, 2),
                    metered("a", "7d", 0.9, 1),
                    metered("b", "5h", 0.1, 1));
        }

        @Test
        void of_two_openings_of_a_session_window_the_later_stays() throws Exception {
            assertAnyOrder(new SessionOpened("a", at(1)), new SessionOpened("a", at(2)), new SessionOpened("b", at(0)));
        }

        @Test
        void many_changes_lead_to_one_state_in_any_order_batch_and_number() throws Exception {
            SharedState state = state();
            List<StateChange> all = new ArrayList<>();
            Random random = new Random(7);
            for (int i = 0; i < 200; i++) {
                all.add(SomeChange.of(random, i, t0));
            }
            List<StateChange> sent = new ArrayList<>(all);
            sent.addAll(all.subList(0, 50));
            Collections.shuffle(sent, random);
            SharedState other = reopened(state);
            for (int from = 0; from < sent.size(); from += 10) {
                (random.nextBoolean() ? state : other).save(sent.subList(from, from + 10));
            }
            assertKnows(state, all);
        }

        @Test
        void nothing_is_lost_when_several_nodes_save_at_once() throws Exception {
            SharedState state = state();
            List<StateChange> all = Collections.synchronizedList(new ArrayList<>());
            Threads.together(4, n -> {
                SharedState node = n % 2 == 0 ? state : reopened(state);
                Random random = new Random(n);
                for (int i = 0; i < 5; i++) {
                    List<StateChange> batch = new ArrayList<>();
                    for (int k = 0; k < 10; k++) {
                        batch.add(SomeChange.of(random, (i * 10 + k) * 4 + n, t0));
                    }
                    node.save(batch);
                    all.addAll(batch);
                }
            });
            assertKnows(state, all);
        }
    }

    /** Forgetting. */
    @Nested
    class Expiring {

        @Test
        void a_binding_that_was_not_used_for_long_is_forgotten_and_others_stay() throws Exception {
            SharedState state = state();
            Bound idle = new Bound("idle", "a", at(0));
            Bound used = new Bound("used", "a", at(40_000));
            state.save(List.of(idle, used));
            state.expire(Duration.ofSeconds(60), at(61_000));
            assertThat(reopened(state).load(Instant.EPOCH).changes()).containsExactly(used);
        }

        @Test
        void what_still_matters_is_kept() throws Exception {
            List<StateChange> live = List.of(
                    cooled("o", "opus", 1, 90_000),
                    new Metered("a", List.of(fullWindow()), at(3)),
                    new SessionOpened("a", at(4)),
                    new Bound("s", "a", at(50_000)));
            SharedState state = state();
            state.save(live);
            state.expire(Duration.ofSeconds(60), at(60_000));
            assertKnows(state, live);
        }

        @Test
        void expiring_nothing_is_fine() throws Exception {
            SharedState state = state();
            state.expire(Duration.ofHours(1), time.now());
            assertThat(state.load(Instant.EPOCH).changes()).isEmpty();
        }
    }

    private void assertAnyOrder(StateChange... changes) throws Exception {
        List<StateChange> all = List.of(changes);
        for (List<StateChange> order : Orders.of(all)) {
            SharedState state = state();
            for (StateChange change : order) {
                state.save(List.of(change));
            }
            assertKnows(state, all);
            SharedState atOnce = state();
            atOnce.save(order);
            assertKnows(atOnce, all);
        }
    }

    private void assertSameInAnyOrder(StateChange... changes) throws Exception {
        StateView first = null;
        for (List<StateChange> order : Orders.of(Arrays.asList(changes))) {
            SharedState state = state();
            state.save(order);
            StateView view = StateView.of(state.load(Instant.EPOCH).changes());
            if (first == null) {
                first = view;
            }
            assertThat(view).as("saved as %s", order).isEqualTo(first);
        }
    }

    private static void assertKnows(SharedState state, List<StateChange> all) throws Exception {
        assertThat(StateView.of(state.load(Instant.EPOCH).changes())).isEqualTo(StateView.of(all));
    }

    private Instant at(long millis) {
        return t0.plusMillis(millis);
    }

    private Cooled cooled(String domain, @Nullable String modelClass, long since, long until) {
        return new Cooled(new Cooldown(domain, modelClass, Cooldown.Kind.WINDOW, at(until), at(since), null));
    }

    private Metered metered(String account, String name, double utilization, long at) {
        return new Metered(
                account,
                List.of(new UsageWindow(
                        name, null, utilization, UsageWindow.Status.ALLOWED, at(900_000), null, null, at(at))),
                at(at));
    }

    private UsageWindow fullWindow() {
        return new UsageWindow(
                "input-tokens", "opus", 1.0 / 3, UsageWindow.Status.WARNING, at(900_000), 4_000_000_000L, 17L, at(3));
    }

    private UsageWindow emptyWindow() {
        return new UsageWindow("7d", null, null, UsageWindow.Status.UNKNOWN, null, null, null, at(3));
    }
}
