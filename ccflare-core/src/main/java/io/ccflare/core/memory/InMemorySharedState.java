package io.ccflare.core.memory;

import io.ccflare.api.state.SharedState;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.state.StateChange.Bound;
import io.ccflare.api.state.StateChange.Cleared;
import io.ccflare.api.state.StateChange.Cooled;
import io.ccflare.api.state.StateChange.Metered;
import io.ccflare.api.state.StateChange.SessionOpened;
import io.ccflare.api.state.StateChange.Unbound;
import io.ccflare.api.state.UsageWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Shared state in memory: for the gateways of one JVM, and for tests. Gone with the process.
 *
 * <p>Thread-safe; several gateways may share one instance. Its clock, by which {@link #load} asks, is a count of the changes saved.
 *
 * @since 1.0
 */
public final class InMemorySharedState implements SharedState {

    /** How long something that has no end of its own is remembered. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(30);

    /** Two reports of one window at one instant are told apart by what they say, so that their order does not matter. */
    private static final Comparator<UsageWindow> BY_REPORT = Comparator.comparing(
                    UsageWindow::utilization, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(UsageWindow::remaining, Comparator.nullsFirst(Comparator.naturalOrder()));

    private final Map<List<@Nullable Object>, Entry> entries = new HashMap<>();
    private long saved;

    /** Knows nothing yet. */
    public InMemorySharedState() {}

    @Override
    public synchronized Loaded load(Instant since) {
        List<StateChange> changes = entries.values().stream()
                .filter(entry -> entry.savedAs >= since.toEpochMilli())
                .map(Entry::change)
                .toList();
        return new Loaded(changes, Instant.ofEpochMilli(saved));
    }

    @Override
    public synchronized void save(List<StateChange> changes) {
        for (StateChange change : changes) {
            saved++;
            if (change instanceof Cooled cooled) {
                saveCooled(cooled);
            } else if (change instanceof Cleared cleared) {
                saveCleared(cleared);
            } else if (change instanceof Metered metered) {
                saveMetered(metered);
            } else if (change instanceof SessionOpened opened) {
                saveLatest(opened, "opened", opened.accountId());
            } else if (change instanceof Bound bound) {
                saveLatest(bound, "session", bound.session());
            } else if (change instanceof Unbound unbound) {
                saveLatest(unbound, "session", unbound.session());
            }
        }
    }

    @Override
    public synchronized void expire(Duration bindingIdle, Instant now) {
        Instant forgotten = now.minus(FORGOTTEN_AFTER);
        entries.values()
                .removeIf(entry -> isLapsed(entry.change, bindingIdle, now)
                        || (entry.change.at().isBefore(forgotten) && !(entry.change instanceof Cooled)));
    }

    private static boolean isLapsed(StateChange change, Duration bindingIdle, Instant now) {
        if (change instanceof Cooled cooled) {
            return !cooled.cooldown().until().isAfter(now);
        }
        if (change instanceof Metered metered) {
            Instant resetAt = metered.windows().get(0).resetAt();
            return resetAt != null && !resetAt.isAfter(now);
        }
        boolean binding = change instanceof Bound || change instanceof Unbound;
        return binding && change.at().isBefore(now.minus(bindingIdle));
    }

    /**
     * Keeps a cooldown unless one set no earlier ends no earlier. Both a long one and a shorter one that was set later are kept:
     * a success in between clears only the former.
     */
    private void saveCooled(Cooled cooled) {
        for (Entry entry : entries.values()) {
            if ((entry.change instanceof Cooled other && covers(other, cooled))
                    || (entry.change instanceof Cleared cleared && clears(cleared, cooled))) {
                return;
            }
        }
        entries.values().removeIf(entry -> entry.change instanceof Cooled other && covers(cooled, other));
        put(cooled, "cooled", cooled.cooldown().domain(), cooled.cooldown().modelClass(), cooled.at());
    }

    private static boolean covers(Cooled one, Cooled other) {
        return one.cooldown().domain().equals(other.cooldown().domain())
                && Objects.equals(one.cooldown().modelClass(), other.cooldown().modelClass())
                && !one.at().isBefore(other.at())
                && !one.cooldown().until().isBefore(other.cooldown().until());
    }

    private void saveCleared(Cleared cleared) {
        entries.values().removeIf(entry -> entry.change instanceof Cooled cooled && clears(cleared, cooled));
        saveLatest(cleared, "cleared", cleared.domain(), cleared.modelClass());
    }

    private static boolean clears(Cleared cleared, Cooled cooled) {
        String modelClass = cooled.cooldown().modelClass();
        return cleared.domain().equals(cooled.cooldown().domain())
                && (modelClass == null || modelClass.equals(cleared.modelClass()))
                && cooled.at().isBefore(cleared.at());
    }

    private void saveMetered(Metered metered) {
        for (UsageWindow window : metered.windows()) {
            Metered one = new Metered(metered.accountId(), List.of(window), metered.at());
            saveLatest(one, "window", metered.accountId(), window.name(), window.modelClass());
        }
    }

    private void saveLatest(StateChange change, @Nullable Object... key) {
        Entry known = entries.get(Arrays.asList(key));
        if (known == null || isLater(change, known.change)) {
            put(change, key);
        }
    }

    private static boolean isLater(StateChange change, StateChange known) {
        int byTime = change.at().compareTo(known.at());
        if (byTime == 0 && change instanceof Metered one && known instanceof Metered other) {
            return BY_REPORT.compare(one.windows().get(0), other.windows().get(0)) > 0;
        }
        return byTime > 0 || (byTime == 0 && boundTo(change).compareTo(boundTo(known)) > 0);
    }

    /** Of two bindings made at one instant that to the greater id stays, and any binding stays against none. */
    private static String boundTo(StateChange change) {
        return change instanceof Bound bound ? bound.accountId() : "";
    }

    private void put(StateChange change, @Nullable Object... key) {
        entries.put(Arrays.asList(key), new Entry(change, saved));
    }

    /**
     * What is known of one thing.
     *
     * @param savedAs the count of changes when it was saved
     */
    private record Entry(StateChange change, long savedAs) {}
}
