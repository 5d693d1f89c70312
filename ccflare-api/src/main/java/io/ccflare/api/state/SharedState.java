package io.ccflare.api.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What several nodes know together of the same accounts: cooldowns, usage windows, open sessions and bindings. It makes a
 * restart warm and lets nodes learn from each other.
 *
 * <p>Losing it is safe. Each gateway works from its own memory and never asks this on a client's path: it saves in batches
 * behind the requests and takes in what others saved every few seconds, so nodes agree within that time.
 *
 * <p><b>Threads.</b> Called on a thread of the gateway, calls of one gateway do not overlap; several gateways may share one instance.
 * It may block.
 *
 * @since 1.0
 */
public interface SharedState {

    /**
     * What was saved at {@code since} or later by anybody, this gateway included, and still matters: lapsed cooldowns may be left
     * out. Taking in a change twice does no harm, so an implementation may return more than was asked for.
     *
     * @param since by the clock of the store: pass {@link Instant#EPOCH} first, then {@link Loaded#asOf()} of the last call
     * @throws Exception when it cannot be read; the gateway logs it and asks again later
     */
    Loaded load(Instant since) throws Exception;

    /**
     * Saves changes, later ones winning over earlier ones.
     *
     * @throws Exception when it is unknown whether they were saved; the gateway logs it, and sends them again with what has
     *     changed by then
     */
    void save(List<StateChange> changes) throws Exception;

    /**
     * Forgets bindings that were not used for a while, and whatever else has lapsed.
     *
     * @param bindingIdle how long a binding may go unused
     * @param now the gateway's time
     * @throws Exception when that fails; the gateway logs it
     */
    void expire(Duration bindingIdle, Instant now) throws Exception;

    /**
     * What {@link #load} found.
     *
     * @param changes in no particular order
     * @param asOf pass this to the next call; a little before the moment of reading, so that nothing in flight is missed
     */
    record Loaded(List<StateChange> changes, Instant asOf) {
        public Loaded {
            changes = List.copyOf(changes);
        }
    }
}
