package io.ccflare.core.routing;

import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.state.UsageWindow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Spreads new conversations: of the accounts with the lowest priority number, the one with the fewest calls in flight, then the one
 * whose fullest usage window is the least used. Immutable and thread-safe.
 *
 * @since 1.0
 */
public final class LeastLoadedStrategy implements RoutingStrategy {

    private static final String REASON = "least loaded";

    private record Candidate(int index, int priority, int inFlight, double fullest) {}

    @Override
    public Ranking rank(RoutingRequest request, PoolSnapshot pool) {
        List<Candidate> candidates = new ArrayList<>(pool.size());
        for (int index = 0; index < pool.size(); index++) {
            if (pool.standing(index).usable()) {
                candidates.add(new Candidate(
                        index, priority(pool, index), pool.inFlight(index), fullest(request, pool.account(index))));
            }
        }
        candidates.sort(LeastLoadedStrategy::compare);
        List<Ranking.Place> places = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            places.add(new Ranking.Place(candidate.index, REASON));
        }
        return Ranking.of(places);
    }

    private static int compare(Candidate a, Candidate b) {
        if (a.priority != b.priority) {
            return Integer.compare(a.priority, b.priority);
        }
        return a.inFlight != b.inFlight
                ? Integer.compare(a.inFlight, b.inFlight)
                : Double.compare(a.fullest, b.fullest);
    }

    /** The first of the ranking, without making a candidate of each account. */
    @Override
    public Ranking.@Nullable Place pick(RoutingRequest request, PoolSnapshot pool) {
        int best = -1;
        int lowest = 0;
        int fewest = 0;
        double emptiest = -1;
        for (int index = 0; index < pool.size(); index++) {
            if (!pool.standing(index).usable()) {
                continue;
            }
            int priority = priority(pool, index);
            int inFlight = pool.inFlight(index);
            boolean level = best >= 0 && priority == lowest && inFlight == fewest;
            boolean better = best < 0 || priority < lowest || priority == lowest && inFlight < fewest;
            double fullest = -1;
            if (level) {
                emptiest = emptiest < 0 ? fullest(request, pool.account(best)) : emptiest;
                fullest = fullest(request, pool.account(index));
                better = Double.compare(fullest, emptiest) < 0;
            }
            if (better) {
                best = index;
                lowest = priority;
                fewest = inFlight;
                emptiest = fullest;
            }
        }
        return best < 0 ? null : new Ranking.Place(best, REASON);
    }

    private static int priority(PoolSnapshot pool, int index) {
        return pool.account(index).account().priority();
    }

    private static double fullest(RoutingRequest request, AccountState state) {
        double fullest = 0;
        List<UsageWindow> windows = state.windows();
        for (int i = 0; i < windows.size(); i++) {
            UsageWindow window = windows.get(i);
            boolean concerns =
                    window.modelClass() == null || window.modelClass().equals(request.modelClass());
            if (concerns && window.utilization() != null) {
                fullest = Math.max(fullest, window.utilization());
            }
        }
        return fullest;
    }

    @Override
    public String toString() {
        return "least-loaded";
    }
}
