package io.ccflare.core.routing;

import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stays with one account for as long as its session window lasts: of the accounts with the lowest priority number, the one whose
 * session was opened last keeps being used; when none is open, the first in store order opens one.
 *
 * <p>A session opens when an account serves its first request and ends after a fixed time, five hours by default, which is the length of a
 * provider's own short window. Immutable and thread-safe.
 *
 * @since 1.0
 */
public final class SessionStrategy implements RoutingStrategy {

    /** How long a session lasts unless told otherwise: 5 hours. */
    public static final Duration DEFAULT_DURATION = Duration.ofHours(5);

    private static final String OPEN = "newest open session";
    private static final String FIRST = "first in order";

    private final long durationMillis;

    public SessionStrategy() {
        this(DEFAULT_DURATION);
    }

    /** @throws IllegalArgumentException if the duration is not positive */
    public SessionStrategy(Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException("a session must last longer than nothing, not " + duration);
        }
        this.durationMillis = duration.toMillis();
    }

    @Override
    public Ranking rank(RoutingRequest request, PoolSnapshot pool) {
        List<Ranking.Place> places = new ArrayList<>();
        pool.usable()
                .boxed()
                .sorted(Comparator.comparing(index -> index, (a, b) -> compare(pool, a, b)))
                .forEach(index -> places.add(place(pool, index)));
        return Ranking.of(places);
    }

    @Override
    public Ranking.@Nullable Place pick(RoutingRequest request, PoolSnapshot pool) {
        int best = -1;
        for (int index = 0; index < pool.size(); index++) {
            if (pool.standing(index).usable() && (best < 0 || compare(pool, index, best) < 0)) {
                best = index;
            }
        }
        return best < 0 ? null : place(pool, best);
    }

    private int compare(PoolSnapshot pool, int a, int b) {
        int byPriority = Integer.compare(
                pool.account(a).account().priority(), pool.account(b).account().priority());
        return byPriority != 0 ? byPriority : Long.compare(openedAt(pool, b), openedAt(pool, a));
    }

    private Ranking.Place place(PoolSnapshot pool, int index) {
        return new Ranking.Place(index, openedAt(pool, index) == Long.MIN_VALUE ? FIRST : OPEN);
    }

    /** Milliseconds since the epoch; the smallest number when no session is open. */
    private long openedAt(PoolSnapshot pool, int index) {
        AccountState state = pool.account(index);
        Instant opened = state.sessionOpenedAt();
        if (opened == null) {
            return Long.MIN_VALUE;
        }
        long millis = opened.toEpochMilli();
        return pool.nowMillis() - millis < durationMillis ? millis : Long.MIN_VALUE;
    }

    @Override
    public String toString() {
        return "session(" + Duration.ofMillis(durationMillis) + ")";
    }
}
