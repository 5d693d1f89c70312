package io.ccflare.benchmarks.load.host;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Vert.x' server on one event loop. */
final class VertxFront implements Front {

    private static final int ACCEPT_QUEUE = 1024;
    private static final long PATIENCE_SECONDS = 10;

    private final Vertx vertx;
    private final int port;

    private VertxFront(Vertx vertx, int port) {
        this.vertx = vertx;
        this.port = port;
    }

    static VertxFront start(Vertx vertx, Handler<HttpServerRequest> handler) {
        try {
            HttpServer server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(ACCEPT_QUEUE))
                    .requestHandler(handler)
                    .listen(0, "127.0.0.1")
                    .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return new VertxFront(vertx, server.actualPort());
        } catch (TimeoutException e) {
            throw new IllegalStateException("Vert.x does not listen", e);
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        try {
            vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("Vert.x does not close", e);
        }
    }
}
