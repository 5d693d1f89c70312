package io.ccflare.testkit.transport;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a rule wants its transport set up. Immutable.
 *
 * @since 1.0
 */
public final class TransportSetup {

    private static final TransportSetup DEFAULT = new TransportSetup(Duration.ofSeconds(10), null, null, 0);

    private final Duration connectTimeout;
    private final @Nullable X509Certificate authority;
    private final @Nullable InetSocketAddress proxy;
    private final int http2Streams;

    private TransportSetup(
            Duration connectTimeout,
            @Nullable X509Certificate authority,
            @Nullable InetSocketAddress proxy,
            int http2Streams) {
        this.connectTimeout = connectTimeout;
        this.authority = authority;
        this.proxy = proxy;
        this.http2Streams = http2Streams;
    }

    static TransportSetup standard() {
        return DEFAULT;
    }

    TransportSetup connectTimeout(Duration timeout) {
        return new TransportSetup(timeout, authority, proxy, http2Streams);
    }

    TransportSetup trusting(X509Certificate only) {
        return new TransportSetup(connectTimeout, only, proxy, http2Streams);
    }

    TransportSetup through(InetSocketAddress proxy) {
        return new TransportSetup(connectTimeout, authority, proxy, http2Streams);
    }

    TransportSetup http2(int streams) {
        return new TransportSetup(connectTimeout, authority, proxy, streams);
    }

    /** How long a new connection may take, TLS included. Default 10 seconds. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** The one authority whose certificates are to be trusted. Default null: whatever the transport trusts by itself. */
    public @Nullable X509Certificate authority() {
        return authority;
    }

    /** A context that trusts {@link #authority()} alone; null if there is none. */
    public @Nullable SSLContext sslContext() {
        return authority == null ? null : Authority.trusting(authority);
    }

    /** The HTTP proxy that every call goes through, on the loopback interface too. Default null: none. */
    public @Nullable InetSocketAddress proxy() {
        return proxy;
    }

    /**
     * 0, which is the default, for HTTP/1.1 and nothing else. Otherwise HTTP/2 where TLS agrees on it, with at most so many streams in
     * flight on a connection; calls beyond them wait or get another connection.
     */
    public int http2Streams() {
        return http2Streams;
    }
}
