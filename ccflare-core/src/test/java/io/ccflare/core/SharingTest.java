package io.ccflare.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.state.SharedState;
import io.ccflare.api.state.StateChange;
import io.ccflare.core.memory.InMemorySharedState;
import io.ccflare.core.pool.AccountPool;
import io.ccflare.core.pool.Bindings;
import io.ccflare.testkit.TestTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of changes while the store is down. */
class SharingTest {

    private static final Duration IDLE = Duration.ofHours(1);

    private final TestTime time = new TestTime();
    private final Falling state = new Falling();
    private final Bindings bindings = new Bindings(10, IDLE);
    private final AccountPool pool = new AccountPool(time, change -> {}, (account, cooldown) -> {});
    private final Sharing sharing = new Sharing(state, pool, bindings, time, 3);

    private StateChange.Bound bound(String session, String account) {
        return new StateChange.Bound(session, account, time.now());
    }

    @Test
    void what_could_not_be_saved_is_saved_in_the_next_round() {
        StateChange first = bound("s", "a");
        StateChange second = bound("t", "a");
        state.down = true;
        sharing.add(first);
        sharing.save(IDLE);
        sharing.add(second);
        state.down = false;
        sharing.save(IDLE);
        assertThat(state.saved).containsExactly(first, second);
        state.saved = List.of();
        sharing.save(IDLE);
        assertThat(state.saved).as("once is enough").isEmpty();
    }

    @Test
    void a_later_change_of_the_same_thing_takes_the_place_of_the_one_that_could_not_be_saved() {
        StateChange other = bound("t", "a");
        StateChange later = bound("s", "b");
        state.down = true;
        sharing.add(bound("s", "a"));
        sharing.add(other);
        sharing.save(IDLE);
        sharing.add(later);
        state.down = false;
        sharing.save(IDLE);
        assertThat(state.saved).containsExactly(other, later);
    }

    @Test
    void changes_are_kept_when_the_store_fails_with_an_error() {
        StateChange change = bound("s", "a");
        state.broken = true;
        sharing.add(change);
        sharing.save(IDLE);
        state.broken = false;
        sharing.save(IDLE);
        assertThat(state.saved).containsExactly(change);
    }

    @Test
    void what_was_saved_is_not_sent_again_because_expiry_failed() {
        state.expiryDown = true;
        sharing.add(bound("s", "a"));
        sharing.save(IDLE);
        state.saved = List.of();
        sharing.save(IDLE);
        assertThat(state.saved).isEmpty();
    }

    @Test
    void while_the_store_is_down_no_more_than_a_bound_waits_and_the_newest_stay() {
        state.down = true;
        for (int i = 0; i < 3; i++) {
            sharing.add(bound("s" + i, "a"));
        }
        sharing.save(IDLE);
        StateChange fourth = bound("s3", "a");
        StateChange fifth = bound("s4", "a");
        sharing.add(fourth);
        sharing.add(fifth);
        sharing.save(IDLE);
        sharing.save(IDLE);
        state.down = false;
        sharing.save(IDLE);
        assertThat(state.saved).containsExactly(bound("s2", "a"), fourth, fifth);
    }

    /** Shared state in memory that can be made to fail. */
    private static final class Falling implements SharedState {

        private final InMemorySharedState memory = new InMemorySharedState();
        private boolean down;
        private boolean broken;
        private boolean expiryDown;
        private List<StateChange> saved = List.of();

        @Override
        public Loaded load(Instant since) throws Exception {
            return memory.load(since);
        }

        @Override
        public void save(List<StateChange> changes) throws Exception {
            if (down) {
                throw new IllegalStateException("the store is down");
            }
            if (broken) {
                throw new NoClassDefFoundError("driver");
            }
            memory.save(changes);
            saved = changes;
        }

        @Override
        public void expire(Duration bindingIdle, Instant now) throws Exception {
            if (expiryDown) {
                throw new IllegalStateException("the store is down");
            }
            memory.expire(bindingIdle, now);
        }
    }
}
