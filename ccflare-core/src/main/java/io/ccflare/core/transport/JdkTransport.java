package io.ccflare.core.transport;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import java.lang.System.Logger.Level;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The default {@link Transport}: {@link HttpClient} of the JDK, over HTTP/1.1 unless told otherwise.
 *
 * <p>What the JDK's client makes of a request, and no setting changes:
 *
 * <ul>
 *   <li>Header lines are sorted by name; several {@code Cookie} lines become one; a request without {@code User-Agent} gets the JDK's.
 *       {@code Proxy-*} lines are left out on direct connections. Characters beyond ASCII in a value arrive as {@code ?}.
 *   <li>Characters of the target that a URI cannot hold are percent-encoded, and a question mark with nothing after it is lost.
 *   <li>A GET, HEAD or DELETE without a body carries no {@code Content-Length} on JDK 18 and newer, {@code Content-Length: 0} on 17.
 *   <li>A GET or HEAD whose connection ends before the first byte of an answer is sent once more; so is any request whose
 *       connection could not be made ({@code jdk.httpclient.disableRetryConnect} switches off the latter).
 *   <li>An answer that comes while the body is still going up is seen only when the upload is done or breaks.
 *   <li>A chunk size that is missing, or too large for 32 bits, is taken for the end of a body.
 *   <li>Idle connections are kept for 30 seconds, on JDK 17 for 1200. {@code jdk.httpclient.keepalive.timeout} changes that for the
 *       whole process and must be set on its command line. A request that meets a connection at the moment it is being closed
 *       fails in phase {@code EXCHANGE}.
 * </ul>
 *
 * <p>Framing headers in {@link UpstreamRequest#headers()} ({@code Connection}, {@code Content-Length}, {@code Expect},
 * {@code Host}, {@code HTTP2-Settings}, {@code Keep-Alive}, {@code Proxy-Connection}, {@code TE}, {@code Trailer},
 * {@code Transfer-Encoding}, {@code Upgrade}) are passed over in silence.
 *
 * <p>Thread-safe. Callbacks run on the transport's few threads and must not block.
 *
 * @since 1.0
 */
public final class JdkTransport implements Transport {

    private static final System.Logger LOG = System.getLogger(JdkTransport.class.getName());

    private static final Duration CLOSING = Duration.ofSeconds(2);

    /** How many connections a client may keep that answered something other than HTTP: it never closes them, and JDK 17 cannot be made to. */
    private static final int MOST_LEAKED = 16;

    private final Builder settings;
    private final HttpThreads threads;
    private final @Nullable Turns turns;
    private final Set<JdkCall> calls = ConcurrentHashMap.newKeySet();
    private final AtomicInteger leaked = new AtomicInteger();
    private final Object renewing = new Object();
    private volatile @Nullable HttpClient client;
    private volatile boolean closed;

    private JdkTransport(Builder builder) {
        settings = new Builder(builder);
        threads = HttpThreads.of(settings.executor, settings.threads);
        turns = settings.http2Streams == 0 ? null : new Turns(settings.http2Streams, threads);
        client = settings.newClient(threads);
    }

    /** One with default settings. */
    public static JdkTransport create() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletableFuture<UpstreamResponse> send(UpstreamRequest request) {
        String peer = peer(request.origin());
        OutgoingBody body = OutgoingRequest.body(request);
        HttpRequest prepared;
        try {
            prepared = OutgoingRequest.prepare(request, body);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new TransportException(
                    Phase.CONNECT, peer + ": the request cannot be sent: " + e.getMessage(), null));
        }
        JdkCall call = new JdkCall(peer, body, this::over);
        calls.add(call);
        if (turns == null) {
            start(call, prepared);
        } else {
            turns.take(peer, call, () -> start(call, prepared));
        }
        return call;
    }

    private void start(JdkCall call, HttpRequest prepared) {
        HttpClient current = living();
        if (current != null) {
            call.start(current, prepared);
        }
        if (closed) {
            // It came too late to be seen by close().
            call.shutDown();
        }
    }

    /**
     * Ends all calls under way; their futures and bodies fail. The transport's own threads end within moments, a host's executor is left
     * alone. On JDK 17 the client's selector thread and idle connections are given back only when the garbage collector runs.
     */
    @Override
    public void close() {
        HttpClient last;
        synchronized (renewing) {
            last = client;
            client = null;
            closed = true;
        }
        calls.forEach(JdkCall::shutDown);
        if (last != null) {
            Jdk.shutDown(last, CLOSING);
        }
        threads.endWhenIdle();
    }

    private void over(JdkCall call, @Nullable Throwable error) {
        calls.remove(call);
        if (turns != null) {
            turns.giveBack(call.peer(), call);
        }
        HttpClient used = call.client();
        if (used == null || error == null) {
            return;
        }
        if (Failures.isDeadClient(error)) {
            replace(used, "had stopped and was replaced; calls under way were lost");
        } else if (Jdk.ENDS_CLIENTS && Failures.isNotHttp(error) && leaked.incrementAndGet() % MOST_LEAKED == 0) {
            replace(used, "was replaced: it keeps the connections of answers that are not HTTP");
            Jdk.shutDownWhenIdle(used);
        }
    }

    private @Nullable HttpClient living() {
        HttpClient current = client;
        if (current != null && ClientThreads.haveLostTheirSelector(current)) {
            replace(current, "had stopped and was replaced; calls under way were lost");
        }
        return client;
    }

    /** Calls to come get another client. */
    private void replace(HttpClient dead, String why) {
        synchronized (renewing) {
            if (client != dead) {
                return;
            }
            client = settings.newClient(threads);
        }
        LOG.log(Level.WARNING, "the HTTP client of the JDK {0}", why);
    }

    private static String peer(URI origin) {
        int port = origin.getPort() >= 0 ? origin.getPort() : "http".equalsIgnoreCase(origin.getScheme()) ? 80 : 443;
        return origin.getHost() + ":" + port;
    }

    /** Settings of a {@link JdkTransport}. Not thread-safe. */
    public static final class Builder {

        private Duration connectTimeout = Duration.ofSeconds(10);
        private int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        private @Nullable Executor executor;
        private @Nullable SSLContext sslContext;
        private @Nullable ProxySelector proxySelector;
        private int http2Streams;
        private Consumer<HttpClient.Builder> customizer = builder -> {};

        private Builder() {}

        private Builder(Builder from) {
            connectTimeout = from.connectTimeout;
            threads = from.threads;
            executor = from.executor;
            sslContext = from.sslContext;
            proxySelector = from.proxySelector;
            http2Streams = from.http2Streams;
            customizer = from.customizer;
        }

        /**
         * How long a new connection may take, TLS included. Default 10 seconds.
         *
         * @throws IllegalArgumentException if not positive
         */
        public Builder connectTimeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("the connect time-out must be longer than nothing, not: " + timeout);
            }
            connectTimeout = timeout;
            return this;
        }

        /**
         * How many threads of the transport's own, named {@code ccflare-http-N}, parse, do TLS and run callbacks. Default: as many as there
         * are processors, but two at least. Says nothing about how many calls run at a time.
         * The JDK looks host names up on them too, so a slow name service holds streams up.
         *
         * @throws IllegalArgumentException if less than one
         */
        public Builder threads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("a transport needs one thread at least, not: " + count);
            }
            threads = count;
            return this;
        }

        /**
         * The host's threads in place of the transport's own. A task that it rejects gets a thread of its own; it must not run tasks
         * on the thread that hands them over, which serves every connection. Closing the transport does not close it.
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** Default: the JDK's default context. */
        public Builder sslContext(SSLContext context) {
            sslContext = Objects.requireNonNull(context, "context");
            return this;
        }

        /** Default: the JDK's default selector, which reads {@code https.proxyHost} and its like but no environment variables. */
        public Builder proxySelector(ProxySelector selector) {
            proxySelector = Objects.requireNonNull(selector, "selector");
            return this;
        }

        /**
         * Speaks HTTP/2 with every peer that agrees on it within TLS, and lets at most so many calls to one host and port run at a time, over
         * HTTP/1.1 too: those beyond wait in the order they came, and may be cancelled there. Default: HTTP/1.1 only, with no such bound.
         *
         * <p>The JDK's client has one connection for a peer and fails a call, in the phase {@code CONNECT}, when the peer allows no
         * more streams at the moment: choose less than the peer's limit, which often is 100. It takes in up to 16 MiB of each answer that is
         * not read ({@code jdk.httpclient.windowsize} changes that for the whole process). Bytes that arrive are merged and split as
         * frames are, and one lost packet holds all of a peer's streams up: for long streams HTTP/1.1 is the better choice.
         *
         * @throws IllegalArgumentException if less than one
         */
        public Builder http2(int streams) {
            if (streams < 1) {
                throw new IllegalArgumentException("HTTP/2 needs one stream in flight at least, not: " + streams);
            }
            http2Streams = streams;
            return this;
        }

        /**
         * Changes the JDK's client in other ways, such as {@code sslParameters}, whenever one is made. Protocol version,
         * redirects, executor and what this builder sets are decided after it and prevail.
         */
        public Builder customize(Consumer<HttpClient.Builder> customizer) {
            this.customizer = Objects.requireNonNull(customizer, "customizer");
            return this;
        }

        public JdkTransport build() {
            return new JdkTransport(this);
        }

        private HttpClient newClient(Executor threads) {
            HttpClient.Builder builder = HttpClient.newBuilder();
            customizer.accept(builder);
            if (sslContext != null) {
                builder.sslContext(sslContext);
            }
            if (proxySelector != null) {
                builder.proxy(proxySelector);
            }
            return builder.version(http2Streams == 0 ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(connectTimeout)
                    .executor(new ClientThreads(threads))
                    .build();
        }
    }
}
