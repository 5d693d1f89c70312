package io.ccflare.benchmarks.load.host;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;

/** Vert.x' server. */
final class VertxFront implements Front {

    /** The same as Jetty's here. */
    private static final int ACCEPT_QUEUE = 1024;

    private final HttpServer server;

    private VertxFront(HttpServer server) {
        this.server = server;
    }

    static VertxFront start(Vertx vertx, Handler<HttpServerRequest> handler) {
        return new VertxFront(
                OneLoop.await(vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(ACCEPT_QUEUE))
                        .requestHandler(handler)
                        .listen(0, "127.0.0.1")));
    }

    @Override
    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        OneLoop.await(server.close());
    }
}
