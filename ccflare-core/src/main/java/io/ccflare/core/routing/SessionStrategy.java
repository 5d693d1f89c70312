package io.ccflare.core.routing;

import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

    private record Candidate(int index, int priority, long openedAt) {}

    @Override
    public Ranking rank(RoutingRequest request, PoolSnapshot pool) {
        List<Candidate> candidates = new ArrayList<>(pool.size());
        for (int index = 0; index < pool.size(); index++) {
            if (pool.standing(index).usable()) {
                candidates.add(new Candidate(index, priority(pool, index), openedAt(pool, index)));
            }
        }
        candidates.sort(SessionStrategy::compare);
        List<Ranking.Place> places = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            places.add(place(candidate.index, candidate.openedAt));
        }
        return Ranking.of(places);
    }

    private static int compare(Candidate a, Candidate b) {
        return a.priority != b.priority
                ? Integer.compare(a.priority, b.priority)
                : Long.compare(b.openedAt, a.openedAt);
    }

    /** The first of the ranking, without making a candidate of each account. */
    @Override
    public Ranking.@Nullable Place pick(RoutingRequest request, PoolSnapshot pool) {
        int best = -1;
        int lowest = 0;
        long newest = 0;
        for (int index = 0; index < pool.size(); index++) {
            if (!pool.standing(index).usable()) {
                continue;
            }
            int priority = priority(pool, index);
            long openedAt = openedAt(pool, index);
            if (best < 0 || priority < lowest || priority == lowest && openedAt > newest) {
                best = index;
                lowest = priority;
                newest = openedAt;
            }
        }
        return best < 0 ? null : place(best, newest);
    }

    private static int priority(PoolSnapshot pool, int index) {
        return pool.account(index).account().priority();
    }

    private static Ranking.Place place(int index, long openedAt) {
        return new Ranking.Place(index, openedAt == Long.MIN_VALUE ? FIRST : OPEN);
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
