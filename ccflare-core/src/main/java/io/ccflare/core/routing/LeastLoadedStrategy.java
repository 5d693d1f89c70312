package io.ccflare.core.routing;

import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.state.UsageWindow;
import java.util.ArrayList;
import java.util.Comparator;
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

    @Override
    public Ranking rank(RoutingRequest request, PoolSnapshot pool) {
        List<Ranking.Place> places = new ArrayList<>();
        pool.usable()
                .boxed()
                .sorted(Comparator.comparing(index -> index, (a, b) -> compare(request, pool, a, b)))
                .forEach(index -> places.add(new Ranking.Place(index, REASON)));
        return Ranking.of(places);
    }

    @Override
    public Ranking.@Nullable Place pick(RoutingRequest request, PoolSnapshot pool) {
        int best = -1;
        for (int index = 0; index < pool.size(); index++) {
            if (pool.standing(index).usable() && (best < 0 || compare(request, pool, index, best) < 0)) {
                best = index;
            }
        }
        return best < 0 ? null : new Ranking.Place(best, REASON);
    }

    private static int compare(RoutingRequest request, PoolSnapshot pool, int a, int b) {
        int byPriority = Integer.compare(
                pool.account(a).account().priority(), pool.account(b).account().priority());
        if (byPriority != 0) {
            return byPriority;
        }
        int byLoad = Integer.compare(pool.inFlight(a), pool.inFlight(b));
        return byLoad != 0
                ? byLoad
                : Double.compare(fullest(request, pool.account(a)), fullest(request, pool.account(b)));
    }

    private static double fullest(RoutingRequest request, AccountState state) {
        double fullest = 0;
        for (UsageWindow window : state.windows()) {
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
