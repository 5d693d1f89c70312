package io.ccflare.httpclient;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's HTTP client with a gateway in the place of the network: calls whose URI lies under the base URL go straight to a
 * {@link GatewayHandler} in this process, without a port, a socket or a second hop; all others go to the delegate, if the host gave one.
 * For libraries that can be given a {@link HttpClient}.
 *
 * <p><b>Threads.</b> The caller's code never runs on a thread of the gateway's, so it may block: body handlers, body subscribers, body
 * publishers and whatever depends on the future of {@code sendAsync} run on the executor, and a subscriber that blocks holds up its own
 * stream alone. {@code send} runs them on the thread that calls it, which waits anyway, until the response is there; what comes of a body
 * after that (of an {@code InputStream}, of a publisher) is handed over on the executor. The signals of one call come one after the other.
 *
 * <p><b>Demand.</b> The gateway is asked for the next batch when the subscriber has taken the last and wants more, so no more than one
 * batch of a response is held here.
 *
 * <p><b>Giving up.</b> Cancelling the future of {@code sendAsync} or one derived from it, with either flag, or completing it from
 * outside ({@code orTimeout}), ends the call up to the upstream connection, the body included; so do an interrupt of {@code send}, and the
 * cancellation of the body's subscription or the closing of its {@code InputStream}.
 *
 * <p><b>Errors.</b> A response that breaks off is an {@link IOException} to whoever reads the body, behind all that came before it,
 * and never an end. What the gateway answers
 * itself (all accounts limited, say) is a response.
 *
 * <p><b>What differs from the JDK's client</b>, since there is no connection: {@link HttpRequest#timeout()} spans the time to the response's
 * headers on every JDK; {@code expectContinue} has no effect, since a body is only read when the gateway asks for it; no header is
 * added ({@code User-Agent}) and those that describe a connection (which the JDK lets nobody set) are left out; redirects and cookies pass
 * as they come, and there is nothing to authenticate to; nothing is pushed; the version of a response is always HTTP/1.1.
 *
 * <p>Thread-safe. Closing it never closes the gateway or the delegate.
 *
 * @since 1.0
 */
public final class GatewayHttpClient extends DelegatingClient implements AutoCloseable {

    private final GatewayHandler gateway;
    private final BaseUrl base;
    private final Translation translation;
    private final @Nullable HttpClient delegate;
    private final @Nullable Executor hostsExecutor;
    private final Executor executor;
    private final OpenCalls open = new OpenCalls();

    private GatewayHttpClient(Builder builder, BaseUrl base) {
        super(builder.delegate);
        this.gateway = builder.gateway;
        this.base = base;
        this.translation = new Translation(base.mount(), builder.caller);
        this.delegate = builder.delegate;
        this.hostsExecutor = builder.executor;
        this.executor = hostsExecutor == null ? new Workers() : hostsExecutor;
    }

    /**
     * Begins a client.
     *
     * @param gateway a gateway, or any other handler
     */
    public static Builder builder(GatewayHandler gateway) {
        return new Builder(gateway);
    }

    /**
     * Sends a request and waits for its response.
     *
     * @throws IOException if the gateway's handler fails or the body of either direction breaks off; if the URI does not lie under the
     *     base URL and there is no delegate; after {@link #shutdown()}
     * @throws java.net.http.HttpTimeoutException if no headers come within the request's time-out
     * @throws InterruptedException if the thread is interrupted; the call is then given up
     * @throws IllegalArgumentException if the request is not one that a {@link HttpRequest.Builder} would build
     */
    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        HttpClient other = other(request);
        if (other != null) {
            return other.send(request, handler);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        CallerThread here = new CallerThread(executor);
        Call<T> call = call(request, handler, here);
        CallFuture<HttpResponse<T>> future = call.future();
        future.whenComplete((response, failure) -> here.wake());
        try {
            here.runUntil(future);
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
        return Outcome.of(future);
    }

    /** As {@link #send}, without waiting; the future fails with what {@code send} throws, except for an invalid request. */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        return sendAsync(request, handler, null);
    }

    /** As without a handler for pushes: a gateway pushes nothing. The delegate gets it. */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushes) {
        try {
            HttpClient other = other(request);
            return other == null
                    ? call(request, handler, executor).future()
                    : other.sendAsync(request, handler, pushes);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Null when the gateway is to answer. */
    private @Nullable HttpClient other(HttpRequest request) throws IOException {
        URI uri = Objects.requireNonNull(request.uri(), "the URI of the request");
        if (open.isShut()) {
            throw new IOException("closed");
        }
        if (base.covers(uri)) {
            return null;
        }
        BaseUrl.check(uri);
        if (delegate == null) {
            throw new IOException("this client calls " + base + " alone, not " + BaseUrl.origin(uri)
                    + ": give its builder a delegate for other addresses");
        }
        return delegate;
    }

    private <T> Call<T> call(HttpRequest request, BodyHandler<T> handler, Executor on) {
        Objects.requireNonNull(handler, "handler");
        Call<T> call = new Call<>(request, handler, open, on);
        call.start(gateway, translation.of(request, call));
        return call;
    }

    /** What the builder was given. */
    @Override
    public Optional<Executor> executor() {
        return Optional.ofNullable(hostsExecutor);
    }

    // The methods below are HttpClient's own from JDK 21 on.

    /** Takes no more calls; those under way go on, bodies included. Returns at once. */
    public void shutdown() {
        open.shut();
    }

    /**
     * Waits until the calls to the gateway have ended, bodies included. Those that the delegate has taken are its own.
     *
     * @return false if the time has passed before, or {@link #shutdown()} was not called
     */
    public boolean awaitTermination(Duration time) throws InterruptedException {
        return open.await(time);
    }

    /** Whether {@link #shutdown()} was called and all calls to the gateway have ended. */
    public boolean isTerminated() {
        return open.isTerminated();
    }

    /** As {@link #shutdown()}, and breaks off the calls under way: an {@link IOException} to whoever waits or reads. */
    public void shutdownNow() {
        open.shut();
        open.abort();
    }

    /**
     * As {@link #shutdown()}, and waits until the calls under way have ended; when interrupted, breaks them off. A body that nobody reads
     * never ends.
     */
    @Override
    public void close() {
        shutdown();
        boolean interrupted = false;
        while (!isTerminated()) {
            try {
                awaitTermination(Duration.ofDays(1));
            } catch (InterruptedException e) {
                interrupted = true;
                shutdownNow();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "GatewayHttpClient[" + base + "]";
    }

    /** Builds a {@link GatewayHttpClient}. Not thread-safe. */
    public static final class Builder {

        private final GatewayHandler gateway;
        private URI baseUrl = URI.create("http://ccflare.local");
        private Function<HttpRequest, @Nullable String> caller = request -> null;
        private @Nullable HttpClient delegate;
        private @Nullable Executor executor;

        private Builder(GatewayHandler gateway) {
            this.gateway = Objects.requireNonNull(gateway, "gateway");
        }

        /**
         * Which calls are the gateway's: those with this scheme, host and port, and a path at or below this one. Nothing is looked up, so
         * the host may be invented, or the provider's own. Its path is the mount: with {@code http://llm.local/team} the API is at {@code
         * http://llm.local/team/v1/messages}, and one that ends in {@code /v1} is part of the API's path. Default:
         * {@code http://ccflare.local}.
         */
        public Builder baseUrl(URI baseUrl) {
            this.baseUrl = Objects.requireNonNull(baseUrl, "baseUrl");
            return this;
        }

        /** Who asks, for all calls; see {@link GatewayRequest#caller()}. Default: nobody known. */
        public Builder caller(@Nullable String caller) {
            return caller(request -> caller);
        }

        /** Who asks, for each call: runs on the thread that sends it, and must not block. */
        public Builder caller(Function<HttpRequest, @Nullable String> caller) {
            this.caller = Objects.requireNonNull(caller, "caller");
            return this;
        }

        /** Who makes the calls to other addresses; stays the host's to close. Default: they fail with an {@link IOException}. */
        public Builder delegate(HttpClient delegate) {
            this.delegate = Objects.requireNonNull(delegate, "delegate");
            return this;
        }

        /**
         * What the caller's code runs on, see the class comment. {@code Runnable::run} saves the change of threads: then that code runs on
         * the gateway's threads and must not block. Default: daemon threads of the client's own, as many as are busy, which end after ten idle seconds.
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if the base URL is not an absolute http or https URL, or has a user, a query, a fragment, or
         *     empty or dot segments in its path
         */
        public GatewayHttpClient build() {
            return new GatewayHttpClient(this, BaseUrl.of(baseUrl));
        }
    }
}
