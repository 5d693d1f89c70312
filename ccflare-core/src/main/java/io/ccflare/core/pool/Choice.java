package io.ccflare.core.pool;

import io.ccflare.api.record.Skipped;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the balancer decided for one attempt. */
public sealed interface Choice {

    /** The accounts that could not be used, and why. */
    List<Skipped> skipped();

    /**
     * An account, with a slot on it.
     *
     * @param trace tells who was skipped; worked out when it is asked for, which is after the request
     */
    record Taken(Slot slot, Supplier<List<Skipped>> trace) implements Choice {
        @Override
        public List<Skipped> skipped() {
            return trace.get();
        }
    }

    /**
     * Nobody.
     *
     * @param why which kind of nobody
     * @param returnsAt when the first account comes back by itself; null when none does
     * @param waitUntil when waiting may help this request: a cooldown ends then, or a slot comes free from now on; null when it cannot
     */
    record Nobody(
            Why why, @Nullable Instant returnsAt, @Nullable Instant waitUntil, List<Skipped> skipped)
            implements Choice {}

    /** Why there is nobody. */
    enum Why {
        /** The provider has no account at all. */
        NO_ACCOUNT,
        /** There are accounts, and each needs its operator. */
        NEEDS_OPERATOR,
        /** Some account comes back by itself. */
        WAITING
    }
}
