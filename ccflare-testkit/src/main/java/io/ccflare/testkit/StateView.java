package io.ccflare.testkit;

import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.state.StateChange.Bound;
import io.ccflare.api.state.StateChange.Cleared;
import io.ccflare.api.state.StateChange.Cooled;
import io.ccflare.api.state.StateChange.Metered;
import io.ccflare.api.state.StateChange.SessionOpened;
import io.ccflare.api.state.StateChange.Unbound;
import io.ccflare.api.state.UsageWindow;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a set of changes means, said as plainly as can be: no order, no merging, only "is there a later one". */
record StateView(
        Map<List<Object>, Cooldown> cooldowns,
        Map<String, String> bindings,
        Map<List<Object>, UsageWindow> windows,
        Map<String, Instant> sessions) {

    static StateView of(List<StateChange> changes) {
        Map<String, Instant> latest = new HashMap<>();
        StateView view = new StateView(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (StateChange change : changes) {
            if (change instanceof Cooled cooled && !isCleared(cooled.cooldown(), changes)) {
                Cooldown cooldown = cooled.cooldown();
                view.cooldowns.merge(
                        List.of(cooldown.domain(), String.valueOf(cooldown.modelClass())),
                        cooldown,
                        (a, b) -> a.until().isBefore(b.until()) ? b : a);
            } else if (change instanceof Metered metered) {
                metered.windows().forEach(window -> view.meter(metered, window, latest));
            } else if (change instanceof SessionOpened opened) {
                view.sessions.merge(opened.accountId(), opened.at(), (a, b) -> a.isBefore(b) ? b : a);
            } else if (change instanceof Bound bound) {
                view.bind(bound.session(), bound.accountId(), bound.at(), latest);
            } else if (change instanceof Unbound unbound) {
                view.bind(unbound.session(), "(none)", unbound.at(), latest);
            }
        }
        view.bindings.values().removeIf("(none)"::equals);
        return view;
    }

    private static boolean isCleared(Cooldown cooldown, List<StateChange> changes) {
        return changes.stream()
                .filter(Cleared.class::isInstance)
                .map(Cleared.class::cast)
                .anyMatch(cleared -> cleared.domain().equals(cooldown.domain())
                        && (cooldown.modelClass() == null
                                || cooldown.modelClass().equals(cleared.modelClass()))
                        && cooldown.since().isBefore(cleared.at()));
    }

    private void meter(Metered metered, UsageWindow window, Map<String, Instant> latest) {
        List<Object> key = List.of(metered.accountId(), window.name(), String.valueOf(window.modelClass()));
        if (isLatest("window " + key, metered.at(), latest)) {
            windows.put(key, window);
        }
    }

    private void bind(String session, String account, Instant at, Map<String, Instant> latest) {
        if (isLatest("session " + session, at, latest)) {
            bindings.put(session, account);
        }
    }

    private static boolean isLatest(String key, Instant at, Map<String, Instant> latest) {
        Instant known = latest.get(key);
        if (known != null && !at.isAfter(known)) {
            return false;
        }
        latest.put(key, at);
        return true;
    }
}
