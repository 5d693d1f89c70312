package io.ccflare.adapter.vertx.transport;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections with Vert.x' client, which is not asked to pool them: its pool is shared between event loops and hands a call a
 * connection of another one.
 *
 * @param streams how many calls an HTTP/2 connection may carry at a time; 0 for HTTP/1.1 only
 * @param direct the hosts that are reached without the proxy
 */
record Connector(
        VertxInternal vertx,
        HttpClientAgent client,
        Duration connectTimeout,
        Duration keepAlive,
        int streams,
        @Nullable ProxyOptions proxy,
        List<Pattern> direct) {

    /** @param direct host names that are reached without the proxy; a star stands for anything */
    static Connector of(
            VertxInternal vertx,
            HttpClientOptions options,
            Duration connectTimeout,
            Duration keepAlive,
            int streams,
            @Nullable ProxyOptions proxy,
            List<String> direct) {
        HttpClientAgent[] client = new HttpClientAgent[1];
        // In a context that is no verticle's, whose end would close it.
        vertx.createEventLoopContext()
                .dispatch(() -> client[0] = ((Vertx) vertx)
                        .httpClientBuilder()
                        .with(options)
                        .with(new PoolOptions().setCleanerPeriod(0))
                        .build());
        List<Pattern> hosts = direct.stream()
                .map(host -> Pattern.compile("\\Q" + host.replace("*", "\\E.*\\Q") + "\\E"))
                .toList();
        return new Connector(vertx, client[0], connectTimeout, keepAlive, streams, proxy, hosts);
    }

    int mostCalls(Origin origin) {
        return streams > 0 && origin.tls() ? streams : 1;
    }

    /** The proxy that is to be told the whole address, because it forwards plain HTTP rather than a tunnel. */
    @Nullable
    ProxyOptions forwarder(Origin origin) {
        ProxyOptions way = proxyTo(origin);
        return way != null && !origin.tls() && way.getType() == ProxyType.HTTP ? way : null;
    }

    private @Nullable ProxyOptions proxyTo(Origin origin) {
        for (Pattern host : direct) {
            if (host.matcher(origin.host()).matches()) {
                return null;
            }
        }
        return proxy;
    }

    /** Opens a connection on the event loop of the context, on which the future completes. */
    Future<HttpClientConnection> connect(ContextInternal context, Origin origin) {
        HttpConnectOptions options = new HttpConnectOptions()
                .setHost(origin.host())
                .setPort(origin.port())
                .setSsl(origin.tls());
        ProxyOptions forwarder = forwarder(origin);
        if (forwarder != null) {
            options.setServer(SocketAddress.inetSocketAddress(forwarder.getPort(), forwarder.getHost()));
        } else {
            options.setProxyOptions(proxyTo(origin));
        }
        if (!origin.tls()) {
            options.setProtocolVersion(HttpVersion.HTTP_1_1);
        }
        Promise<HttpClientConnection> promise = context.promise();
        long timer = context.setTimer(
                connectTimeout.toMillis(),
                late -> promise.tryFail(new SocketTimeoutException("connecting took too long")));
        context.dispatch(() -> open(options).onComplete((connection, error) -> {
            vertx.cancelTimer(timer);
            if (error != null) {
                promise.tryFail(error);
            } else if (!promise.tryComplete(connection)) {
                connection.close();
            }
        }));
        return promise.future();
    }

    private Future<HttpClientConnection> open(HttpConnectOptions options) {
        try {
            return client.connect(options);
        } catch (IllegalStateException e) {
            return Future.failedFuture(new IOException("the transport was closed", e));
        }
    }
}
