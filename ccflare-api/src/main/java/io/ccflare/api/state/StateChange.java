package io.ccflare.api.state;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of what the pool knows. Applying the same change twice, or changes of one thing in another order, leads to the same
 * state: of two the later wins.
 *
 * @since 1.0
 */
public sealed interface StateChange {

    /** When it happened, by the clock of the node that saw it. */
    Instant at();

    /** A cooldown was set; of two for the same domain and model class the one that ends later stays. */
    record Cooled(Cooldown cooldown) implements StateChange {
        @Override
        public Instant at() {
            return cooldown.since();
        }
    }

    /**
     * A success cleared the cooldowns of a domain that were set before {@code at}.
     *
     * @param domain whose
     * @param modelClass the class that succeeded; cooldowns of this class and those of all classes are cleared. Null clears only
     *     the latter
     * @param at when the call that succeeded began
     */
    record Cleared(String domain, @Nullable String modelClass, Instant at) implements StateChange {}

    /** What a response told of an account's usage windows; replaces those of the same name and class. */
    record Metered(String accountId, List<UsageWindow> windows, Instant at) implements StateChange {
        public Metered {
            windows = List.copyOf(windows);
        }
    }

    /** An account began to be used: its session window of the strategy opens. */
    record SessionOpened(String accountId, Instant at) implements StateChange {}

    /**
     * A session was served by an account.
     *
     * @param session the digest of its key, scoped by caller
     */
    record Bound(String session, String accountId, Instant at) implements StateChange {}

    /**
     * A session lost its binding.
     *
     * @param session the digest of its key
     */
    record Unbound(String session, Instant at) implements StateChange {}
}
