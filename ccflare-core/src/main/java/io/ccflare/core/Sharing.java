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

    /** Waits to be saved, the latest for each thing. Guarded by itself. */
    private final Map<List<Object>, StateChange> waiting = new LinkedHashMap<>();

    private Instant asOf = Instant.EPOCH;

    Sharing(SharedState state, AccountPool pool, Bindings bindings, TimeSource time) {
        this.state = state;
        this.pool = pool;
        this.bindings = bindings;
        this.time = time;
    }

    void add(StateChange change) {
        synchronized (waiting) {
            List<Object> key = key(change);
            if (waiting.size() < BOUND || waiting.containsKey(key)) {
                waiting.remove(key);
                waiting.put(key, change);
            }
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
        synchronized (waiting) {
            batch = new ArrayList<>(waiting.values());
            waiting.clear();
        }
        try {
            if (!batch.isEmpty()) {
                state.save(batch);
            }
            state.expire(bindingIdle, time.now());
        } catch (Exception e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "shared state: " + batch.size() + " changes may not have been saved",
                    e);
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
