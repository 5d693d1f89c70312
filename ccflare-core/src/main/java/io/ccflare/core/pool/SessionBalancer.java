package io.ccflare.core.pool;

import io.ccflare.api.provider.Route;
import io.ccflare.api.record.Skipped;
import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.routing.Standing;
import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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

    private static final Duration SOON = Duration.ofSeconds(1);

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
            return new Choice.Taken(bound, List.of());
        }
        Standing[] standings = standings(request, route, accounts, tried, now);
        Slot slot = pick(request, strategy, accounts, standings, now);
        if (slot == null && lastResort(standings)) {
            slot = pick(request, strategy, accounts, standings, now);
        }
        return slot != null
                ? new Choice.Taken(slot, skipped(request, accounts, standings, slot, now))
                : nobody(request, route, accounts, standings, now);
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
        return strategy.rank(request, snapshot(accounts, standings(request, route, accounts, Set.of(), now), now));
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

    private static Standing[] standings(
            RoutingRequest request, Route route, List<PoolAccount> accounts, Set<String> tried, long now) {
        PoolAccount owner = route.affinity() == Route.Affinity.OWNER ? owner(accounts) : null;
        Standing[] standings = new Standing[accounts.size()];
        for (int i = 0; i < standings.length; i++) {
            PoolAccount account = accounts.get(i);
            if (owner != null && account != owner) {
                standings[i] = Standing.NOT_THE_OWNER;
            } else if (!tried.isEmpty() && tried.contains(account.id())) {
                standings[i] = Standing.TRIED;
            } else {
                standings[i] = account.standing(request.modelClass(), now);
            }
        }
        return standings;
    }

    /** The one account that holds what its requests name: the first in priority and store order that is not paused. */
    private static @Nullable PoolAccount owner(List<PoolAccount> accounts) {
        PoolAccount owner = null;
        for (PoolAccount account : accounts) {
            boolean better = owner == null
                    || account.account().priority() < owner.account().priority();
            if (!account.account().paused() && better) {
                owner = account;
            }
        }
        return owner;
    }

    /** Puts those that failed a moment ago into play. @return whether there are any */
    private static boolean lastResort(Standing[] standings) {
        boolean any = false;
        for (int i = 0; i < standings.length; i++) {
            if (standings[i] == Standing.BACKING_OFF) {
                standings[i] = Standing.USABLE;
                any = true;
            }
        }
        return any;
    }

    private @Nullable Slot pick(
            RoutingRequest request,
            RoutingStrategy strategy,
            List<PoolAccount> accounts,
            Standing[] standings,
            long now) {
        while (true) {
            Ranking.Place place = ask(strategy, request, snapshot(accounts, standings, now));
            if (place == null) {
                return null;
            }
            Slot slot = pool.reserve(accounts.get(place.index()), place.reason());
            if (slot != null) {
                return slot;
            }
            standings[place.index()] = Standing.AT_LIMIT;
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

    private static PoolSnapshot snapshot(List<PoolAccount> accounts, Standing[] standings, long now) {
        int[] inFlight = new int[standings.length];
        AccountState[] states = new AccountState[standings.length];
        for (int i = 0; i < inFlight.length; i++) {
            inFlight[i] = accounts.get(i).inFlight();
            states[i] = accounts.get(i).state();
        }
        return new PoolSnapshot(now, Arrays.asList(states), standings, inFlight);
    }

    private static Choice nobody(
            RoutingRequest request, Route route, List<PoolAccount> accounts, Standing[] standings, long now) {
        List<Skipped> skipped = skipped(request, accounts, standings, null, now);
        if (accounts.isEmpty()) {
            return new Choice.Nobody(Choice.Why.NO_ACCOUNT, null, null, skipped);
        }
        Instant soonest = null;
        Instant waitUntil = null;
        for (int i = 0; i < standings.length; i++) {
            if (standings[i] == Standing.NOT_THE_OWNER) {
                continue;
            }
            Standing own = accounts.get(i).standing(request.modelClass(), now);
            Instant returns = returns(own, accounts.get(i), request, now);
            soonest = sooner(soonest, returns);
            if (own == Standing.COOLING || own == Standing.AT_LIMIT) {
                waitUntil = sooner(waitUntil, own == Standing.AT_LIMIT ? Instant.ofEpochMilli(now) : returns);
            }
        }
        Choice.Why why = soonest == null ? Choice.Why.NEEDS_OPERATOR : Choice.Why.WAITING;
        return new Choice.Nobody(why, soonest, waitUntil, skipped);
    }

    private static @Nullable Instant sooner(@Nullable Instant a, @Nullable Instant b) {
        return a == null || b != null && b.isBefore(a) ? b : a;
    }

    private static @Nullable Instant returns(Standing own, PoolAccount account, RoutingRequest request, long now) {
        return switch (own) {
            case COOLING -> account.returnsAt(request.modelClass(), now);
            case USABLE, BACKING_OFF, AT_LIMIT -> Instant.ofEpochMilli(now).plus(SOON);
            default -> null;
        };
    }

    private static List<Skipped> skipped(
            RoutingRequest request, List<PoolAccount> accounts, Standing[] standings, @Nullable Slot taken, long now) {
        List<Skipped> skipped = null;
        for (int i = 0; i < standings.length; i++) {
            PoolAccount account = accounts.get(i);
            if (!standings[i].usable() && (taken == null || taken.holder() != account)) {
                skipped = skipped == null ? new ArrayList<>(4) : skipped;
                skipped.add(new Skipped(
                        account.id(),
                        account.account().name(),
                        standings[i].name(),
                        account.returnsAt(request.modelClass(), now)));
            }
        }
        return skipped == null ? List.of() : skipped;
    }
}
