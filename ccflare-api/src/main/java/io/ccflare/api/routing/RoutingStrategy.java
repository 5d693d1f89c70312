package io.ccflare.api.routing;

import org.jspecify.annotations.Nullable;

/**
 * Puts the usable accounts of a pool in order for a request.
 *
 * <p><b>A pure function.</b> The same request and snapshot give the same ranking: no I/O, no clock, no random numbers, no memory. So a
 * simulation runs the same code as the gateway. Thread-safe; runs on the client's path, so it must not block.
 *
 * <p><b>What it need not do.</b> The engine has decided which accounts are usable, it keeps a session on its account before it asks a
 * strategy, and it takes the slot afterwards. A strategy only orders {@link PoolSnapshot#usable()}.
 *
 * <p>If it throws, or ranks an account that is not usable, the request falls back to store order and the fault is logged.
 *
 * @since 1.0
 */
@FunctionalInterface
public interface RoutingStrategy {

    /**
     * All usable accounts, best first, with reasons. Accounts left out are not used for this request.
     *
     * @return the ranking; {@link Ranking#none()} when nobody is usable
     */
    Ranking rank(RoutingRequest request, PoolSnapshot pool);

    /**
     * The first place of {@link #rank} alone, or null when nobody is usable. Called for every request; the default ranks all. Who
     * overrides it for speed must return what {@code rank} puts first.
     */
    default Ranking.@Nullable Place pick(RoutingRequest request, PoolSnapshot pool) {
        Ranking ranking = rank(request, pool);
        return ranking.places().isEmpty() ? null : ranking.places().get(0);
    }
}
