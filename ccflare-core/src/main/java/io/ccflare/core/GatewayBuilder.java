package io.ccflare.core;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.provider.Provider;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.state.SharedState;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.time.TimeSource;
import io.ccflare.api.transport.Transport;
import io.ccflare.core.anthropic.AnthropicProvider;
import io.ccflare.core.call.BodyBudget;
import io.ccflare.core.call.Engine;
import io.ccflare.core.call.OpenCalls;
import io.ccflare.core.pool.AccountPool;
import io.ccflare.core.pool.Bindings;
import io.ccflare.core.pool.SessionBalancer;
import io.ccflare.core.price.PriceTable;
import io.ccflare.core.routing.SessionStrategy;
import io.ccflare.core.transport.JdkTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Gateway}. Everything is registered here; nothing is looked up elsewhere. Not thread-safe.
 *
 * @since 1.0
 */
public final class GatewayBuilder {

    private final AccountStore store;
    private final List<Provider> providers = new ArrayList<>();
    private final List<GatewayListener> listeners = new ArrayList<>();
    private GatewaySettings settings = GatewaySettings.defaults();
    private PriceTable prices = PriceTable.bundled();
    private Supplier<String> ids = RequestIds::next;
    private RandomGenerator jitter =
            (RandomGenerator) () -> ThreadLocalRandom.current().nextLong();
    private boolean emptyAllowed;
    private @Nullable RoutingStrategy strategy;
    private @Nullable Transport transport;
    private @Nullable TimeSource time;
    private @Nullable SharedState sharedState;

    GatewayBuilder(AccountStore store) {
        this.store = store;
    }

    /** Adds a provider; the first one is whose API is meant when a path does not say. Default: Anthropic alone. */
    public GatewayBuilder provider(Provider provider) {
        providers.add(Objects.requireNonNull(provider, "provider"));
        return this;
    }

    /** How accounts are chosen. Default: {@link SessionStrategy} with the session duration of the settings. */
    public GatewayBuilder strategy(RoutingStrategy strategy) {
        this.strategy = Objects.requireNonNull(strategy, "strategy");
        return this;
    }

    /** What calls go over. It stays the host's to close. Default: a {@link JdkTransport} that the gateway closes. */
    public GatewayBuilder transport(Transport transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    /** Where time comes from. It stays the host's to close. Default: the system, with one thread for timers. */
    public GatewayBuilder time(TimeSource time) {
        this.time = Objects.requireNonNull(time, "time");
        return this;
    }

    /** What is shared with other nodes and survives a restart. Default: nothing. */
    public GatewayBuilder sharedState(SharedState sharedState) {
        this.sharedState = Objects.requireNonNull(sharedState, "sharedState");
        return this;
    }

    /** Adds somebody who is told what happened: a request log is one. */
    public GatewayBuilder listener(GatewayListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** What tokens cost. Default: {@link PriceTable#bundled()}. */
    public GatewayBuilder prices(PriceTable prices) {
        this.prices = Objects.requireNonNull(prices, "prices");
        return this;
    }

    /** Default: {@link GatewaySettings#defaults()}. */
    public GatewayBuilder settings(GatewaySettings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /** Makes the ids of requests; thread-safe, each id once, visible ASCII. Default: random. */
    public GatewayBuilder ids(Supplier<String> ids) {
        this.ids = Objects.requireNonNull(ids, "ids");
        return this;
    }

    /** Spreads retries; thread-safe. Default: random. */
    public GatewayBuilder jitter(RandomGenerator jitter) {
        this.jitter = Objects.requireNonNull(jitter, "jitter");
        return this;
    }

    /** Whether a gateway may begin without any account, because accounts come later. Default: it may not. */
    public GatewayBuilder emptyAllowed(boolean emptyAllowed) {
        this.emptyAllowed = emptyAllowed;
        return this;
    }

    /**
     * Reads the accounts, checks everything, and begins.
     *
     * @throws ConfigurationException naming all that is wrong: no account, ids or names that occur twice, a provider that is not
     *     registered or registered twice, a credential of the wrong kind, accounts that cannot be read (with the cause). Nothing
     *     is left running then
     */
    public Gateway build() {
        List<Provider> registered = providers.isEmpty() ? List.of(new AnthropicProvider()) : List.copyOf(providers);
        Checks checks = new Checks("the gateway");
        checkProviders(checks, registered);
        List<Account> accounts = readAccounts(checks, registered);
        checks.done();
        return start(registered, accounts);
    }

    private static void checkProviders(Checks checks, List<Provider> registered) {
        Set<String> names = new HashSet<>();
        for (Provider provider : registered) {
            if (!provider.name().matches("[a-z0-9-]+")) {
                checks.problem(
                        "a provider's name holds lower-case letters, digits and dashes, not: " + provider.name());
            }
            if (!names.add(provider.name())) {
                checks.problem("provider " + provider.name() + " is registered twice");
            }
        }
    }

    private List<Account> readAccounts(Checks checks, List<Provider> registered) {
        try {
            List<Account> accounts = List.copyOf(store.accounts());
            if (accounts.isEmpty() && !emptyAllowed) {
                checks.problem("the account store is empty; add an account, or allow it with emptyAllowed(true)");
            }
            AccountChecks.check(checks, store, accounts, registered);
            return accounts;
        } catch (Exception e) {
            checks.problem("the accounts cannot be read: " + e.getMessage() + "; see the cause");
            checks.cause(e);
            return List.of();
        }
    }

    private Gateway start(List<Provider> registered, List<Account> accounts) {
        SystemTime ownTime = time == null ? new SystemTime() : null;
        TimeSource clock = time == null ? Objects.requireNonNull(ownTime) : time;
        JdkTransport ownTransport = transport == null ? JdkTransport.create() : null;
        Events events = new Events(listeners);
        Wiring wiring = new Wiring();
        AccountPool pool = new AccountPool(clock, wiring, events::cooled);
        Bindings bindings = new Bindings(settings.maxBindings(), settings.bindingIdle());
        Sharing sharing = sharedState == null ? null : new Sharing(sharedState, pool, bindings, clock);
        Engine engine = new Engine(
                clock,
                ids,
                jitter,
                registered,
                strategies(strategy),
                transport == null ? Objects.requireNonNull(ownTransport) : transport,
                prices,
                pool,
                bindings,
                new SessionBalancer(pool, bindings, clock),
                new BodyBudget(),
                new OpenCalls(),
                events::requestEnded,
                wiring);
        Lifecycle lifecycle = new Lifecycle(store, registered, pool, bindings, events, sharing, settings);
        if (sharing != null) {
            wiring.sink = sharing::add;
        }
        lifecycle.start(accounts, clock, engine.open());
        if (ownTransport != null) {
            lifecycle.own(ownTransport);
        }
        if (ownTime != null) {
            lifecycle.own(ownTime);
        }
        return new Gateway(engine, lifecycle);
    }

    private static Function<Duration, RoutingStrategy> strategies(@Nullable RoutingStrategy hosts) {
        return hosts == null ? SessionStrategy::new : sessionDuration -> hosts;
    }

    /** Leads changes to whoever shares them, once that is there. */
    private static final class Wiring implements Consumer<StateChange> {

        private volatile Consumer<StateChange> sink = change -> {};

        @Override
        public void accept(StateChange change) {
            sink.accept(change);
        }
    }
}
