package io.ccflare.core.pool;

import io.ccflare.api.provider.Route;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.routing.Standing;
import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the account for an attempt: the one that the session is bound to, else the one that the strategy puts first, and takes a
 * slot on it. Thread-safe, no locks.
 */
public final class SessionBalancer {

    private static final System.Logger LOG = System.getLogger(SessionBalancer.class.getName());

    /** How long a provider keeps a prompt cache warm after its last use, at least. */
    private static final Duration WARM = Duration.ofMinutes(5);

    private final AccountPool pool;
    private final Bindings bindings;
    private final TimeSource time;

    public SessionBalancer(AccountPool pool, Bindings bindings, TimeSource time) {
        this.pool = pool;
        this.bindings = bindings;
        this.time = time;
    }

    /**
     * Chooses for one attempt.
     *
     * @param tried the ids of accounts that this request is done with
     */
    public Choice choose(RoutingRequest request, Route route, RoutingStrategy strategy, Set<String> tried) {
        long now = time.nowMillis();
        List<PoolAccount> accounts = pool.of(request.provider());
        Slot bound = bound(request, tried, now);
        if (bound != null) {
            return new Choice.Taken(bound, List::of);
        }
        Lineup lineup = Lineup.of(accounts, request, route, tried, now);
        Slot slot = pick(request, strategy, lineup);
        if (slot == null && lineup.lastResort()) {
            slot = pick(request, strategy, lineup);
        }
        return slot != null ? lineup.taken(slot) : lineup.nobody();
    }

    /** Takes another slot on the account of one that was given back. @return null when none is free, or it was taken out of use */
    public @Nullable Slot again(Slot before) {
        PoolAccount account = before.holder();
        boolean gone = pool.find(account.id()) != account || account.account().paused();
        return gone ? null : pool.reserve(account, "again, " + before.reason());
    }

    /** Ranks without taking anything, for people who ask why. */
    public Ranking explain(RoutingRequest request, Route route, RoutingStrategy strategy) {
        long now = time.nowMillis();
        List<PoolAccount> accounts = pool.of(request.provider());
        return strategy.rank(
                request, Lineup.of(accounts, request, route, Set.of(), now).snapshot());
    }

    /** Whether a session's account holds a prompt cache for it that is probably still warm. */
    public boolean warmOn(@Nullable String session, String accountId) {
        Bindings.Binding binding = session == null ? null : bindings.find(session, time.nowMillis());
        return binding != null
                && binding.accountId().equals(accountId)
                && time.nowMillis() - binding.usedAt() < WARM.toMillis();
    }

    private @Nullable Slot bound(RoutingRequest request, Set<String> tried, long now) {
        Bindings.Binding binding = request.session() == null ? null : bindings.find(request.session(), now);
        if (binding == null || tried.contains(binding.accountId())) {
            return null;
        }
        PoolAccount account = pool.find(binding.accountId());
        if (account == null || !account.account().provider().equals(request.provider())) {
            return null;
        }
        Standing standing = account.standing(request.modelClass(), now);
        boolean takes = standing == Standing.USABLE || standing == Standing.BACKING_OFF;
        return takes ? pool.reserve(account, "bound") : null;
    }

    private @Nullable Slot pick(RoutingRequest request, RoutingStrategy strategy, Lineup lineup) {
        while (true) {
            Ranking.Place place = ask(strategy, request, lineup.snapshot());
            if (place == null) {
                return null;
            }
            Slot slot = pool.reserve(lineup.account(place.index()), place.reason());
            if (slot != null) {
                return slot;
            }
            lineup.atLimit(place.index());
        }
    }

    private static Ranking.@Nullable Place ask(
            RoutingStrategy strategy, RoutingRequest request, PoolSnapshot snapshot) {
        try {
            Ranking.Place place = strategy.pick(request, snapshot);
            if (place == null || snapshot.standing(place.index()).usable()) {
                return place;
            }
            LOG.log(
                    System.Logger.Level.ERROR,
                    "strategy {0} picked an account that is not usable; going by store order",
                    strategy);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "strategy " + strategy + " failed; going by store order", e);
        }
        int first = snapshot.usable().findFirst().orElse(-1);
        return first < 0 ? null : new Ranking.Place(first, "store order, the strategy failed");
    }
}
