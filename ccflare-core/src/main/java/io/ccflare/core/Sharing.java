package io.ccflare.core;

import io.ccflare.api.state.SharedState;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.time.TimeSource;
import io.ccflare.core.pool.AccountPool;
import io.ccflare.core.pool.Bindings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Exchanges what was learned with the other nodes, behind the requests. Of changes to one thing only the last waits to be saved,
 * and no more than a bound of them.
 */
final class Sharing {

    private static final System.Logger LOG = System.getLogger(Gateway.class.getName());
    private static final int BOUND = 200_000;

    private final SharedState state;
    private final AccountPool pool;
    private final Bindings bindings;
    private final TimeSource time;
    private final int bound;

    /** Waits to be saved, the latest for each thing. Guarded by itself. */
    private final Map<List<Object>, StateChange> waiting = new LinkedHashMap<>();

    /** Since it was last logged. Guarded by {@link #waiting}. */
    private long dropped;

    private Instant asOf = Instant.EPOCH;

    Sharing(SharedState state, AccountPool pool, Bindings bindings, TimeSource time) {
        this(state, pool, bindings, time, BOUND);
    }

    Sharing(SharedState state, AccountPool pool, Bindings bindings, TimeSource time, int bound) {
        this.state = state;
        this.pool = pool;
        this.bindings = bindings;
        this.time = time;
        this.bound = bound;
    }

    void add(StateChange change) {
        synchronized (waiting) {
            put(change);
        }
    }

    /** Called with the lock held. The oldest goes when there are too many: what stays is then still the end of the story. */
    private void put(StateChange change) {
        List<Object> key = key(change);
        waiting.remove(key);
        waiting.put(key, change);
        if (waiting.size() > bound) {
            waiting.remove(waiting.keySet().iterator().next());
            dropped++;
        }
    }

    /** Waits again, before what came meanwhile. */
    private void putBack(List<StateChange> batch) {
        synchronized (waiting) {
            List<StateChange> since = new ArrayList<>(waiting.values());
            waiting.clear();
            batch.forEach(this::put);
            since.forEach(this::put);
        }
    }

    private static List<Object> key(StateChange change) {
        if (change instanceof StateChange.Cooled it) {
            return List.of(
                    "cooldown",
                    it.cooldown().domain(),
                    String.valueOf(it.cooldown().modelClass()));
        } else if (change instanceof StateChange.Cleared it) {
            return List.of("cleared", it.domain(), String.valueOf(it.modelClass()));
        } else if (change instanceof StateChange.Metered it) {
            return List.of("metered", it.accountId());
        } else if (change instanceof StateChange.SessionOpened it) {
            return List.of("session", it.accountId());
        } else if (change instanceof StateChange.Bound it) {
            return List.of("binding", it.session());
        } else {
            return List.of("binding", ((StateChange.Unbound) change).session());
        }
    }

    /** Saves what waits and takes in what others saved; reports its own failures. */
    void exchange(Duration bindingIdle) {
        save(bindingIdle);
        load();
    }

    void save(Duration bindingIdle) {
        List<StateChange> batch;
        long lost;
        synchronized (waiting) {
            batch = new ArrayList<>(waiting.values());
            waiting.clear();
            lost = dropped;
            dropped = 0;
        }
        if (lost > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "shared state: more than {0} changes waited, the oldest {1} were dropped",
                    bound,
                    lost);
        }
        if (batch.isEmpty() || saved(batch)) {
            expire(bindingIdle);
        }
    }

    private boolean saved(List<StateChange> batch) {
        try {
            state.save(batch);
            return true;
        } catch (Exception | Error e) {
            putBack(batch);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "shared state: " + batch.size() + " changes may not have been saved; they wait for the next round",
                    e);
            return false;
        }
    }

    private void expire(Duration bindingIdle) {
        try {
            state.expire(bindingIdle, time.now());
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "shared state: what has lapsed could not be removed", e);
        }
    }

    void load() {
        try {
            SharedState.Loaded loaded = state.load(asOf);
            asOf = loaded.asOf();
            pool.apply(loaded.changes());
            for (StateChange change : loaded.changes()) {
                if (change instanceof StateChange.Bound it) {
                    bindings.bind(it.session(), it.accountId(), it.at().toEpochMilli());
                } else if (change instanceof StateChange.Unbound it) {
                    bindings.unbind(it.session(), it.at().toEpochMilli());
                }
            }
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "shared state could not be read; going on with what is known here", e);
        }
    }
}
