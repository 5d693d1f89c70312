package io.ccflare.core.routing;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.Standing;
import io.ccflare.api.state.UsageWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Builds snapshots. */
final class SomePool {

    static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
    static final RoutingRequest REQUEST = new RoutingRequest("anthropic", "messages", "claude-x", "sonnet", null, null);

    private final List<AccountState> states = new ArrayList<>();
    private final List<Standing> standings = new ArrayList<>();
    private final List<Integer> inFlight = new ArrayList<>();

    SomePool account(int priority, @Nullable Duration openedAgo, int calls, UsageWindow... windows) {
        return account(Standing.USABLE, priority, openedAgo, calls, windows);
    }

    SomePool account(Standing standing, int priority, @Nullable Duration openedAgo, int calls, UsageWindow... windows) {
        String id = "a" + states.size();
        Account account = Account.builder(id, id, new Credential.ApiKey(Secret.of("k-" + id)))
                .priority(priority)
                .build();
        states.add(new AccountState(
                account, List.of(), List.of(windows), openedAgo == null ? null : NOW.minus(openedAgo), 8));
        standings.add(standing);
        inFlight.add(calls);
        return this;
    }

    static UsageWindow window(@Nullable String modelClass, @Nullable Double utilization) {
        return new UsageWindow("5h", modelClass, utilization, UsageWindow.Status.ALLOWED, null, null, null, NOW);
    }

    PoolSnapshot snapshot() {
        return new PoolSnapshot(
                NOW.toEpochMilli(),
                List.copyOf(states),
                standings.toArray(Standing[]::new),
                inFlight.stream().mapToInt(Integer::intValue).toArray());
    }

    static SomePool random(Random random) {
        SomePool pool = new SomePool();
        for (int i = random.nextInt(9); i > 0; i--) {
            Standing standing = random.nextInt(3) == 0
                    ? Standing.values()[random.nextInt(Standing.values().length)]
                    : Standing.USABLE;
            Duration opened = random.nextBoolean() ? null : Duration.ofHours(random.nextInt(8));
            UsageWindow[] windows = new UsageWindow[random.nextInt(3)];
            for (int w = 0; w < windows.length; w++) {
                String modelClass = new String[] {null, "sonnet", "opus"}[random.nextInt(3)];
                windows[w] = window(modelClass, random.nextInt(4) == 0 ? null : (Double) (random.nextInt(5) / 4.0));
            }
            pool.account(standing, random.nextInt(3), opened, random.nextInt(3), windows);
        }
        return pool;
    }
}
