package io.ccflare.adapter.vertx.transport;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.TrustOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Transport} over Vert.x' HTTP client, for hosts that run Vert.x anyway: no second HTTP stack and no threads of its own.
 *
 * <p><b>Threads.</b> A call made on an event loop stays on it: connection, callbacks, body. Each event loop has connections of its own,
 * so verticles on several loops share one transport without meeting. A call made on any other thread, a worker's or a virtual one
 * included, hops once onto an event loop, always the same for one thread. Signals run on the call's event loop and must not block; demand and
 * cancellation may come from anywhere.
 *
 * <p><b>Connections.</b> Whoever uses the transport admits calls (the gateway does), so a call never waits for a connection to come
 * free: it takes an idle one of its event loop or opens one. Nothing bounds how many are open but the number of calls. Vert.x cannot
 * be told to give up a connection that it is making: when its calls are cancelled, it is closed as soon as it is made or its time is over.
 *
 * <p><b>On the wire.</b> HTTP/1.1 unless {@linkplain Builder#http2 asked otherwise}. {@code Host} comes first, then the headers as they
 * were spelled and ordered, then {@code Content-Length} or {@code Transfer-Encoding}; nothing else is added, and no request is sent
 * twice. In the target, control characters, spaces and what is beyond ASCII are percent-encoded, all else goes as it is. Framing headers
 * ({@code Connection}, {@code Content-Length}, {@code Expect}, {@code Host}, {@code HTTP2-Settings}, {@code Keep-Alive},
 * {@code Proxy-Connection}, {@code TE}, {@code Trailer}, {@code Transfer-Encoding}, {@code Upgrade}) are passed over in silence. An answer
 * that comes while the body is still going up is seen at once; when it ends first, the connection is closed. A request that meets an
 * idle connection at the moment it is being closed fails in phase {@code EXCHANGE}.
 *
 * <p>Thread-safe. The {@link Vertx} stays the host's: {@link #close()} ends connections and nothing else.
 *
 * @since 1.0
 */
public final class VertxTransport implements Transport {

    private static final long CLOSING_SECONDS = 2;

    private final VertxInternal vertx;
    private final Connector connector;
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();

    /** For calls that are not made on an event loop. */
    private final Loop[] own;

    private volatile boolean closed;

    private VertxTransport(VertxInternal vertx, Builder settings) {
        this.vertx = vertx;
        connector = settings.connector(vertx);
        own = new Loop[Runtime.getRuntime().availableProcessors()];
        for (int i = 0; i < own.length; i++) {
            own[i] = loop(vertx.createEventLoopContext().nettyEventLoop());
        }
    }

    /**
     * One with default settings.
     *
     * @throws IllegalArgumentException if the {@link Vertx} is not one of Vert.x' own making
     */
    public static VertxTransport create(Vertx vertx) {
        return builder(vertx).build();
    }

    /** Begins one on the event loops of a Vert.x, which stays the host's to close, after the transport. */
    public static Builder builder(Vertx vertx) {
        return new Builder(vertx);
    }

    @Override
    public CompletableFuture<UpstreamResponse> send(UpstreamRequest request) {
        ContextInternal current = ContextInternal.current();
        boolean here =
                current != null && current.owner() == vertx && current.isEventLoopContext() && current.inThread();
        Loop loop = here
                ? loop(current.nettyEventLoop())
                : own[(int) (Thread.currentThread().getId() % own.length)];
        Origin origin;
        Call call;
        try {
            origin = Origin.of(request.origin());
            call = Call.create(loop, here ? current : loop.context(), origin, request);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new TransportException(
                    Phase.CONNECT,
                    request.origin().getHost() + ": the request cannot be sent: " + e.getMessage(),
                    null));
        }
        if (closed || !loop.offer(() -> loop.enter(call, origin))) {
            call.refuse();
        } else if (closed) {
            loop.run(loop::close);
        }
        return call;
    }

    /**
     * Ends all calls under way; their futures and bodies fail. Waits up to two seconds for that, but not on a thread of Vert.x,
     * where it happens soon after.
     */
    @Override
    public void close() {
        closed = true;
        List<Loop> open = List.copyOf(loops.values());
        CountDownLatch ended = new CountDownLatch(open.size() + 1);
        for (Loop loop : open) {
            loop.run(() -> {
                loop.close();
                ended.countDown();
            });
        }
        try {
            connector.client().close().onComplete(done -> ended.countDown());
        } catch (RejectedExecutionException e) {
            // Vert.x was closed before, and all connections with it.
            ended.countDown();
        }
        if (Context.isOnVertxThread()) {
            return;
        }
        try {
            if (!ended.await(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                System.getLogger(VertxTransport.class.getName())
                        .log(System.Logger.Level.DEBUG, "connections need more than {0} s to end", CLOSING_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Loop loop(EventLoop thread) {
        Loop known = loops.get(thread);
        return known != null ? known : loops.computeIfAbsent(thread, added -> new Loop(connector, added));
    }

    /** Settings of a {@link VertxTransport}. Not thread-safe. */
    public static final class Builder {

        private static final int MAX_HEADERS = 128 * 1024;
        private static final int MAX_CHUNK = 64 * 1024;

        private final Vertx vertx;
        private HttpClientOptions options = new HttpClientOptions()
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxChunkSize(MAX_CHUNK)
                .setDecoderInitialBufferSize(1024);
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration keepAlive = Duration.ofSeconds(30);
        private int streams;
        private @Nullable TrustOptions trust;
        private @Nullable ProxyOptions proxy;
        private int maxHeaderSize;

        private Builder(Vertx vertx) {
            this.vertx = Objects.requireNonNull(vertx, "vertx");
        }

        /**
         * How long a new connection may take, with name look-up, proxy and TLS. Default 10 seconds.
         *
         * @throws IllegalArgumentException if less than a millisecond
         */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = positive("the connect time-out", timeout);
            return this;
        }

        /**
         * How long a connection is kept that carries no call; closed up to a quarter later. Best kept below what the upstream allows.
         * Default 30 seconds.
         *
         * @throws IllegalArgumentException if less than a millisecond
         */
        public Builder keepAlive(Duration time) {
            keepAlive = positive("the time an idle connection is kept", time);
            return this;
        }

        /**
         * HTTP/2 where an https origin offers it, with at most so many calls at a time on one connection; the next one opens another.
         * Default: HTTP/1.1 only.
         *
         * @throws IllegalArgumentException if less than one
         */
        public Builder http2(int streamsPerConnection) {
            if (streamsPerConnection < 1) {
                throw new IllegalArgumentException(
                        "a connection must be allowed one stream at least, not: " + streamsPerConnection);
            }
            streams = streamsPerConnection;
            return this;
        }

        /** Whom to trust, such as a private certificate authority. Default: whom the JVM trusts. Host names are checked either way. */
        public Builder trust(TrustOptions options) {
            trust = Objects.requireNonNull(options, "options");
            return this;
        }

        /** Goes through a proxy: plain HTTP is handed to an HTTP proxy, all else goes through a tunnel. Default: none. */
        public Builder proxy(ProxyOptions options) {
            proxy = new ProxyOptions(options);
            return this;
        }

        /**
         * How large the header section of an answer may be, in bytes. Default 128 KiB.
         *
         * @throws IllegalArgumentException if not positive
         */
        public Builder maxHeaderSize(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("the largest header section must be positive, not: " + bytes);
            }
            maxHeaderSize = bytes;
            return this;
        }

        /**
         * Options of the host's own for all that this builder does not set, such as socket options, key and certificate, metrics name.
         * Their protocol version, ALPN, connect time-out, keep-alive, pipelining, decompression and sharing are not used; what this builder
         * was told prevails over the rest.
         */
        public Builder options(HttpClientOptions options) {
            this.options = new HttpClientOptions(options);
            return this;
        }

        /** @throws IllegalArgumentException if the {@link Vertx} is not one of Vert.x' own making */
        public VertxTransport build() {
            if (!(vertx instanceof VertxInternal inside)) {
                throw new IllegalArgumentException("not a Vertx that Vert.x made: " + vertx.getClass());
            }
            return new VertxTransport(inside, this);
        }

        private Connector connector(VertxInternal inside) {
            HttpClientOptions made = new HttpClientOptions(options);
            ProxyOptions way = proxy != null ? proxy : made.getProxyOptions();
            int timeout = (int) Math.min(connectTimeout.toMillis(), Integer.MAX_VALUE);
            List<String> direct = made.getNonProxyHosts() == null ? List.of() : made.getNonProxyHosts();
            made.setProxyOptions(null)
                    .setNonProxyHosts(null)
                    .setConnectTimeout(timeout)
                    .setSslHandshakeTimeout(timeout)
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                    .setDecompressionSupported(false)
                    .setPipelining(false)
                    .setKeepAlive(true)
                    .setShared(false)
                    .setProtocolVersion(HttpVersion.HTTP_1_1)
                    .setUseAlpn(streams > 0)
                    .setAlpnVersions(streams > 0 ? List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1) : List.of());
            if (trust != null) {
                made.setTrustOptions(trust);
            }
            if (maxHeaderSize > 0) {
                made.setMaxHeaderSize(maxHeaderSize);
                made.getInitialSettings().setMaxHeaderListSize(maxHeaderSize);
            }
            return Connector.of(inside, made, connectTimeout, keepAlive, streams, way, direct);
        }

        private static Duration positive(String what, Duration time) {
            if (time.toMillis() < 1) {
                throw new IllegalArgumentException(what + " must be a millisecond at least, not: " + time);
            }
            return time;
        }
    }
}
