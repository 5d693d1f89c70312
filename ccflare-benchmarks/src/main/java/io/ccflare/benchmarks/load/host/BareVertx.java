package io.ccflare.benchmarks.load.host;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.net.URI;

/** A pass-through as one writes it in an hour: Vert.x' server and client on one event loop, nothing between. */
final class BareVertx {

    private final HttpClient client;
    private final RequestOptions upstream;

    private BareVertx(Vertx vertx, URI upstream) {
        this.client = OneLoop.client(vertx);
        this.upstream = new RequestOptions().setHost(upstream.getHost()).setPort(upstream.getPort());
    }

    static Front start(URI upstream) {
        Vertx vertx = OneLoop.vertx();
        return VertxFront.start(vertx, new BareVertx(vertx, upstream)::pass);
    }

    private void pass(HttpServerRequest from) {
        from.pause();
        client.request(new RequestOptions(upstream).setMethod(from.method()).setURI(from.uri()))
                .compose(to -> send(from, to))
                .compose(answer -> write(answer, from.response()))
                .onFailure(error -> from.connection().close());
    }

    private static Future<HttpClientResponse> send(HttpServerRequest from, HttpClientRequest to) {
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
