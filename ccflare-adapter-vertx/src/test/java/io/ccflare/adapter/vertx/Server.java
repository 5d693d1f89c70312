package io.ccflare.adapter.vertx;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A Vert.x host on a free port of loopback, and what its tests say and hear. */
final class Server implements AutoCloseable {

    static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final Vertx vertx;
    final HttpServer server;

    private Server(Vertx vertx, HttpServer server) {
        this.vertx = vertx;
        this.server = server;
    }

    static Server start(Consumer<Router> routes) throws Exception {
        return start(new HttpServerOptions(), routes);
    }

    static Server start(HttpServerOptions options, Consumer<Router> routes) throws Exception {
        Vertx vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        routes.accept(router);
        HttpServer server = vertx.createHttpServer(options)
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
        return new Server(vertx, server);
    }

    int port() {
        return server.actualPort();
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + target));
    }

    HttpResponse<String> get(String target) throws Exception {
        return CLIENT.send(request(target).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String target, String body, String... headers) throws Exception {
        HttpRequest.Builder request = request(target).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** All that comes back until the connection ends. */
    String raw(String text) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    static CompletableFuture<GatewayResponse> answer(String text, String... headers) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return CompletableFuture.completedFuture(GatewayResponse.of(200, Headers.of(headers), FixedBody.of(bytes)));
    }

    static CompletableFuture<GatewayResponse> answer(Flow.Publisher<List<ByteBuffer>> body, String... headers) {
        return CompletableFuture.completedFuture(GatewayResponse.of(200, Headers.of(headers), body, () -> {}));
    }

    static List<ByteBuffer> batch(String text) {
        return List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The whole body of a request. */
    static CompletableFuture<String> body(GatewayRequest request) {
        CompletableFuture<String> all = new CompletableFuture<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        request.body().subscribe(new Flow.Subscriber<>() {
            private Flow.Subscription from;

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                from = subscription;
                from.request(1);
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                for (ByteBuffer buffer : batch) {
                    byte[] copy = new byte[buffer.remaining()];
                    buffer.get(copy);
                    bytes.writeBytes(copy);
                }
                from.request(1);
            }

            @Override
            public void onError(Throwable cause) {
                all.completeExceptionally(cause);
            }

            @Override
            public void onComplete() {
                all.complete(bytes.toString(StandardCharsets.UTF_8));
            }
        });
        return all;
    }

    @Override
    public void close() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }
}
