package io.ccflare.core;

import io.ccflare.api.account.AccountStore;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.provider.Route;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.core.call.Call;
import io.ccflare.core.call.Engine;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Many accounts as one: answers requests to a provider's API by sending each to an account that can serve it.
 *
 * <pre>{@code
 * try (Gateway gateway = Gateway.builder(accountStore).build()) {
 *     // mount it with an adapter, or call gateway.handle(request)
 * }
 * }</pre>
 *
 * <p>Thread-safe. Holds no state outside itself: two gateways in one JVM do not see each other. {@link #close()} ends its
 * threads, timers and connections.
 *
 * @since 1.0
 */
public final class Gateway implements GatewayHandler, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Gateway.class.getName());
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final Engine engine;
    private final Lifecycle lifecycle;
    private final AtomicBoolean warnedOfOpenRelay = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    Gateway(Engine engine, Lifecycle lifecycle) {
        this.engine = engine;
        this.lifecycle = lifecycle;
    }

    /**
     * Begins a gateway over the accounts of a store. Defaults: the Anthropic provider, the strategy {@code session}, a transport
     * on the JDK's HTTP client, the system's time, the bundled prices, state in memory, nobody listening.
     */
    public static GatewayBuilder builder(AccountStore accounts) {
        return new GatewayBuilder(Objects.requireNonNull(accounts, "accounts"));
    }

    @Override
    public CompletableFuture<GatewayResponse> handle(GatewayRequest request) {
        InetAddress remote = request.remote();
        if (request.caller() == null && remote != null && !remote.isLoopbackAddress()) {
            warnOfOpenRelay();
        }
        return Call.begin(engine, lifecycle.settings(), request);
    }

    private void warnOfOpenRelay() {
        if (warnedOfOpenRelay.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "A request came from another machine and nobody was authenticated: whoever reaches this host can spend its"
                            + " accounts. Put authentication in front of the mount and tell the gateway the caller.");
        }
    }

    /**
     * Reads the accounts anew. Runs on a thread of the gateway.
     *
     * @return completes when they are in use, or with what kept them from being so; then the old ones stay in use
     */
    public CompletableFuture<Void> reload() {
        return lifecycle.reload();
    }

    /**
     * Puts other settings in place. Requests under way keep those they began with. The default strategy follows {@link
     * GatewaySettings#sessionDuration()}; one that the host gave stays as it is.
     */
    public void configure(GatewaySettings next) {
        lifecycle.configure(next);
    }

    /** The settings in force. */
    public GatewaySettings settings() {
        return lifecycle.settings();
    }

    /** What it is doing now. */
    public GatewayStatus status() {
        List<GatewayStatus.AccountStatus> accounts = engine.pool().states().stream()
                .map(state -> new GatewayStatus.AccountStatus(
                        state, engine.pool().inFlight(state.account().id())))
                .toList();
        return new GatewayStatus(
                accounts,
                engine.open().size(),
                engine.budget().taken(),
                lifecycle.droppedEvents(),
                lifecycle.listenerFailures());
    }

    /** Which accounts a request would be offered, best first and with reasons, if it came now; takes nothing. */
    public Ranking explain(RoutingRequest request) {
        Route route = engine.providers().stream()
                .filter(provider -> provider.name().equals(request.provider()))
                .flatMap(provider -> provider.routes().stream())
                .filter(candidate -> candidate.name().equals(request.route()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "provider " + request.provider() + " has no route " + request.route()));
        return engine.balancer()
                .explain(request, route, engine.strategies().apply(settings().sessionDuration()));
    }

    /**
     * Lifts all cooldowns of an account, at its operator's word.
     *
     * @return false when there is no such account
     */
    public boolean lift(String accountId) {
        return engine.pool().lift(accountId);
    }

    /**
     * Ends the gateway: takes no more requests (they get 503), lets those under way end for as long as {@link Timeouts#drain()}
     * says, breaks off the rest visibly, saves what it learned, tells its listeners the last records, and ends its threads and
     * connections. Idempotent; blocks until done.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            drain(settings().timeouts().drain());
            engine.open().endAll();
            drain(LAST_WAIT);
            lifecycle.close();
        }
    }

    private void drain(Duration bound) {
        try {
            engine.open().none().get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} requests did not end within {1}",
                    engine.open().size(),
                    bound);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for open calls cannot fail", e);
        }
    }
}
