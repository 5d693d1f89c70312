package io.ccflare.core.pool;

import io.ccflare.api.state.Cooldown;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The cooldowns of all quota domains. Of two for one domain and class the later deadline wins; a back-off is kept beside, so that it
 * neither hides nor is hidden by a refusal. Thread-safe.
 */
final class Cooldowns {

    private record Key(String domain, @Nullable String modelClass, boolean backoff) {}

    private final Map<Key, Cooldown> byKey = new ConcurrentHashMap<>();

    /** @return whether it changed anything */
    boolean put(Cooldown cooldown) {
        Key key = new Key(cooldown.domain(), cooldown.modelClass(), cooldown.kind() == Cooldown.Kind.BACKOFF);
        Cooldown kept = byKey.merge(key, cooldown, (old, fresh) -> fresh.until().isAfter(old.until()) ? fresh : old);
        return kept == cooldown;
    }

    /**
     * Clears what was set for a domain before a call that succeeded began.
     *
     * @return whether anything was cleared
     */
    boolean clear(String domain, @Nullable String modelClass, Instant callBegan) {
        return byKey.values()
                .removeIf(cooldown -> cooldown.domain().equals(domain)
                        && cooldown.concerns(modelClass)
                        && cooldown.since().isBefore(callBegan));
    }

    /** Clears everything about a domain. @return the model classes that had cooldowns; null among them stands for all */
    Set<@Nullable String> forget(String domain) {
        Set<@Nullable String> classes = new HashSet<>();
        for (Key key : byKey.keySet()) {
            if (key.domain().equals(domain)) {
                classes.add(key.modelClass());
                byKey.remove(key);
            }
        }
        return classes;
    }

    void dropLapsed(Instant now) {
        byKey.values().removeIf(cooldown -> !cooldown.until().isAfter(now));
    }

    /** Those of any of the domains that end after {@code now}. */
    List<Cooldown> of(List<String> domains, Instant now) {
        List<Cooldown> found = new ArrayList<>(2);
        for (Cooldown cooldown : byKey.values()) {
            if (cooldown.until().isAfter(now) && domains.contains(cooldown.domain())) {
                found.add(cooldown);
            }
        }
        return found;
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }
}
