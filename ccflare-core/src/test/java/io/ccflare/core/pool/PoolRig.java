package io.ccflare.core.pool;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import io.ccflare.api.provider.Route;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.StateChange;
import io.ccflare.core.routing.SessionStrategy;
import io.ccflare.testkit.TestTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A pool in test time, and what it told others. */
final class PoolRig {

    static final Duration SESSION = Duration.ofHours(5);
    static final Route MESSAGES = Route.builder("messages", "/v1/messages")
            .affinity(Route.Affinity.CONVERSATION)
            .build();
    static final Route FILES = Route.builder("files", "/v1/files/**")
            .affinity(Route.Affinity.OWNER)
            .build();

    final TestTime time = new TestTime();
    final List<StateChange> changes = new CopyOnWriteArrayList<>();
    final List<Cooldown> cooled = new CopyOnWriteArrayList<>();
    final AccountPool pool = new AccountPool(time, changes::add, (account, cooldown) -> cooled.add(cooldown));
    final Bindings bindings = new Bindings(100, Duration.ofHours(1));
    final SessionBalancer balancer = new SessionBalancer(pool, bindings, time);

    PoolRig(Account... accounts) {
        replace(accounts);
    }

    void replace(Account... accounts) {
        pool.replace(Arrays.asList(accounts), 2);
    }

    static Account.Builder account(String id) {
        return Account.builder(id, "name-" + id, new Credential.ApiKey(Secret.of("key-" + id)));
    }

    PoolAccount get(String id) {
        PoolAccount account = pool.find(id);
        if (account == null) {
            throw new AssertionError("no account " + id);
        }
        return account;
    }

    Slot slot(String id) {
        Slot slot = pool.reserve(get(id), "test");
        if (slot == null) {
            throw new AssertionError("no slot on " + id);
        }
        return slot;
    }

    /** Takes and gives back a slot, so that what it tells began now. */
    Slot call(String id) {
        Slot slot = slot(id);
        slot.release();
        return slot;
    }

    void rest(String id, Cooldown.Kind kind, @Nullable String modelClass, @Nullable Instant until) {
        pool.rest(call(id), new Verdict.Rest(kind, modelClass, until, true), null);
    }

    Instant in(Duration duration) {
        return time.now().plus(duration);
    }

    static RoutingRequest request(@Nullable String modelClass, @Nullable String session) {
        return new RoutingRequest("anthropic", "messages", null, modelClass, session, null);
    }

    Choice choose(@Nullable String session, String... tried) {
        return chooseFor(MESSAGES, session, tried);
    }

    Choice chooseFor(Route route, @Nullable String session, String... tried) {
        return balancer.choose(request("sonnet", session), route, new SessionStrategy(SESSION), Set.of(tried));
    }

    /** The id of the account taken; null when there is nobody. The slot is given back. */
    static @Nullable String taken(Choice choice) {
        if (choice instanceof Choice.Taken taken) {
            taken.slot().release();
            return taken.slot().account().id();
        }
        return null;
    }
}
