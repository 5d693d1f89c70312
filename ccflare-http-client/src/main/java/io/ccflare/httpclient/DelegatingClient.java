package io.ccflare.httpclient;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** What a client tells of its connections: the delegate's word, since a gateway has none. */
abstract class DelegatingClient extends HttpClient {

    private final @Nullable HttpClient delegate;

    DelegatingClient(@Nullable HttpClient delegate) {
        this.delegate = delegate;
    }

    /** The delegate's; empty without one. */
    @Override
    public Optional<CookieHandler> cookieHandler() {
        return delegate == null ? Optional.empty() : delegate.cookieHandler();
    }

    /** The delegate's; empty without one. */
    @Override
    public Optional<Duration> connectTimeout() {
        return delegate == null ? Optional.empty() : delegate.connectTimeout();
    }

    /** The delegate's; {@link Redirect#NEVER} without one. */
    @Override
    public Redirect followRedirects() {
        return delegate == null ? Redirect.NEVER : delegate.followRedirects();
    }

    /** The delegate's; empty without one. */
    @Override
    public Optional<ProxySelector> proxy() {
        return delegate == null ? Optional.empty() : delegate.proxy();
    }

    /** The delegate's; the JVM's default without one. */
    @Override
    public SSLContext sslContext() {
        try {
            return delegate == null ? SSLContext.getDefault() : delegate.sslContext();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no default TLS context", e);
        }
    }

    /** The delegate's; the JVM's default without one. */
    @Override
    public SSLParameters sslParameters() {
        return delegate == null ? sslContext().getDefaultSSLParameters() : delegate.sslParameters();
    }

    /** The delegate's; empty without one. */
    @Override
    public Optional<Authenticator> authenticator() {
        return delegate == null ? Optional.empty() : delegate.authenticator();
    }

    /** The delegate's; HTTP/1.1 without one. */
    @Override
    public Version version() {
        return delegate == null ? Version.HTTP_1_1 : delegate.version();
    }

    /**
     * The delegate's: a gateway takes no WebSockets.
     *
     * @throws UnsupportedOperationException without a delegate
     */
    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return delegate == null ? super.newWebSocketBuilder() : delegate.newWebSocketBuilder();
    }
}
