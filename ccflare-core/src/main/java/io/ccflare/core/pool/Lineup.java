package io.ccflare.core.pool;

import io.ccflare.api.provider.Route;
import io.ccflare.api.record.Skipped;
import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The accounts of one provider as they stand for one request at one moment. Used by one thread; a snapshot of it is immutable to others. */
final class Lineup {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final List<PoolAccount> accounts;
    private final RoutingRequest request;
    private final long now;
    private final AccountState[] states;
    private final Standing[] standings;
    private final int[] inFlight;
    private boolean allUsable = true;

    private Lineup(List<PoolAccount> accounts, RoutingRequest request, long now) {
        this.accounts = accounts;
        this.request = request;
        this.now = now;
        this.states = new AccountState[accounts.size()];
        this.standings = new Standing[states.length];
        this.inFlight = new int[states.length];
    }

    /** @param tried the ids of accounts that the request is done with */
    static Lineup of(List<PoolAccount> accounts, RoutingRequest request, Route route, Set<String> tried, long now) {
        Lineup lineup = new Lineup(accounts, request, now);
        PoolAccount owner = route.affinity() == Route.Affinity.OWNER ? owner(accounts) : null;
        boolean fresh = tried.isEmpty();
        for (int i = 0; i < lineup.states.length; i++) {
            PoolAccount account = accounts.get(i);
            AccountState state = account.state();
            int open = account.inFlight();
            Standing standing;
            if (owner != null && account != owner) {
                standing = Standing.NOT_THE_OWNER;
            } else if (!fresh && tried.contains(state.account().id())) {
                standing = Standing.TRIED;
            } else {
                standing = PoolAccount.standing(state, open, request.modelClass(), now);
            }
            lineup.states[i] = state;
            lineup.inFlight[i] = open;
            lineup.standings[i] = standing;
            lineup.allUsable &= standing == Standing.USABLE;
        }
        return lineup;
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

    PoolAccount account(int index) {
        return accounts.get(index);
    }

    PoolSnapshot snapshot() {
        return new PoolSnapshot(now, Arrays.asList(states), standings, inFlight);
    }

    /** An account had no slot left after all. */
    void atLimit(int index) {
        standings[index] = Standing.AT_LIMIT;
        allUsable = false;
    }

    /** Puts those that failed a moment ago into play. @return whether there are any */
    boolean lastResort() {
        boolean any = false;
        for (int i = 0; i < standings.length; i++) {
            if (standings[i] == Standing.BACKING_OFF) {
                standings[i] = Standing.USABLE;
                any = true;
            }
        }
        return any;
    }

    Choice.Taken taken(Slot slot) {
        return new Choice.Taken(slot, () -> skipped(slot.holder()));
    }

    /** Who could not be used, and why. @param taken who was; null when nobody was */
    List<Skipped> skipped(@Nullable PoolAccount taken) {
        if (allUsable) {
            return List.of();
        }
        List<Skipped> skipped = new ArrayList<>();
        for (int i = 0; i < standings.length; i++) {
            if (!standings[i].usable() && accounts.get(i) != taken) {
                skipped.add(new Skipped(
                        states[i].account().id(),
                        states[i].account().name(),
                        standings[i].name(),
                        PoolAccount.returnsAt(states[i], request.modelClass(), now)));
            }
        }
        return skipped;
    }

    /** Nobody is to be had: why, and whether waiting helps. Accounts that were tried count as they stand without that. */
    Choice.Nobody nobody() {
        if (accounts.isEmpty()) {
            return new Choice.Nobody(Choice.Why.NO_ACCOUNT, null, null, List.of());
        }
        Instant soonest = null;
        Instant waitUntil = null;
        for (int i = 0; i < standings.length; i++) {
            if (standings[i] == Standing.NOT_THE_OWNER) {
                continue;
            }
            Standing own = PoolAccount.standing(states[i], accounts.get(i).inFlight(), request.modelClass(), now);
            Instant returns = returns(own, states[i]);
            soonest = sooner(soonest, returns);
            if (own == Standing.COOLING || own == Standing.AT_LIMIT) {
                waitUntil = sooner(waitUntil, own == Standing.AT_LIMIT ? Instant.ofEpochMilli(now) : returns);
            }
        }
        Choice.Why why = soonest == null ? Choice.Why.NEEDS_OPERATOR : Choice.Why.WAITING;
        return new Choice.Nobody(why, soonest, waitUntil, skipped(null));
    }

    private static @Nullable Instant sooner(@Nullable Instant a, @Nullable Instant b) {
        return a == null || (b != null && b.isBefore(a)) ? b : a;
    }

    private @Nullable Instant returns(Standing own, AccountState state) {
        return switch (own) {
            case COOLING -> PoolAccount.returnsAt(state, request.modelClass(), now);
            case USABLE, BACKING_OFF, AT_LIMIT -> Instant.ofEpochMilli(now).plus(SOON);
            default -> null;
        };
    }
}
