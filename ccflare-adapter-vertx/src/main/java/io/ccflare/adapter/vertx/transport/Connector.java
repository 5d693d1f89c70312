package io.ccflare.adapter.vertx.transport;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections with Vert.x' client, which is not asked to pool them: its pool is shared between event loops and hands a call a
 * connection of another one.
 *
 * @param streams how many calls an HTTP/2 connection may carry at a time; 0 for HTTP/1.1 only
 */
record Connector(
        VertxInternal vertx,
        HttpClientAgent client,
        Duration connectTimeout,
        Duration keepAlive,
        int streams,
        @Nullable ProxyOptions proxy) {

    int mostCalls(Origin origin) {
        return streams > 0 && origin.tls() ? streams : 1;
    }

    /** The proxy that is to be told the whole address, because it forwards plain HTTP rather than a tunnel. */
    @Nullable
    ProxyOptions forwarder(Origin origin) {
        return proxy != null && !origin.tls() && proxy.getType() == ProxyType.HTTP ? proxy : null;
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
        } else if (proxy != null) {
            options.setProxyOptions(proxy);
        }
        if (!origin.tls()) {
            options.setProtocolVersion(HttpVersion.HTTP_1_1);
        }
        Promise<HttpClientConnection> promise = context.promise();
        long timer = context.setTimer(
                connectTimeout.toMillis(),
                late -> promise.tryFail(new SocketTimeoutException("connecting took too long")));
        context.dispatch(() -> client.connect(options).onComplete((connection, error) -> {
            vertx.cancelTimer(timer);
            if (error != null) {
                promise.tryFail(error);
            } else if (!promise.tryComplete(connection)) {
                connection.close();
            }
        }));
        return promise.future();
    }
}
