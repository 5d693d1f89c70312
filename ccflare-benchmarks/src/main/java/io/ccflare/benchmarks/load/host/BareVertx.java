package io.ccflare.benchmarks.load.host;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;

/** A pass-through as one writes it in an hour: Vert.x' server and client on one event loop, nothing between. */
final class BareVertx implements Front {

    /** More than a run has streams. */
    private static final int CONNECTIONS = 10_000;

    private final Vertx vertx = OneLoop.vertx();
    private final HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    private final VertxFront front = VertxFront.start(vertx, this::pass);
    private final RequestOptions upstream;

    BareVertx(URI upstream) {
        this.upstream = new RequestOptions().setHost(upstream.getHost()).setPort(upstream.getPort());
    }

    @Override
    public int port() {
        return front.port();
    }

    @Override
    public void close() {
        front.close();
        OneLoop.await(vertx.close());
    }

    private void pass(HttpServerRequest from) {
        from.pause();
        client.request(new RequestOptions(upstream).setMethod(from.method()).setURI(from.uri()))
                .compose(to -> send(from, to))
                .compose(answer -> write(answer, from.response()))
                .onFailure(error -> from.connection().close());
    }

    private static Future<HttpClientResponse> send(HttpServerRequest from, HttpClientRequest to) {
        from.response().closeHandler(gone -> to.reset());
        from.headers().forEach(header -> {
            if (!header.getKey().equalsIgnoreCase("host") && !header.getKey().equalsIgnoreCase("connection")) {
                to.headers().add(header.getKey(), header.getValue());
            }
        });
        return to.send(from);
    }

    private static Future<Void> write(HttpClientResponse from, HttpServerResponse to) {
        to.setStatusCode(from.statusCode());
        from.headers().forEach(header -> {
            if (!header.getKey().equalsIgnoreCase("connection")) {
                to.headers().add(header.getKey(), header.getValue());
            }
        });
        return from.pipeTo(to);
    }
}
