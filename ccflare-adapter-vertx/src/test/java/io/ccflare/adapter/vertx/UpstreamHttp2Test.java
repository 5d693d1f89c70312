package io.ccflare.adapter.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.adapter.vertx.transport.VertxTransport;
import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of connections over which calls go up as HTTP/2. */
class UpstreamHttp2Test {

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger connections = new AtomicInteger();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void an_idle_connection_that_was_never_full_is_closed_when_its_time_is_over() throws Exception {
        Certificate certificate = Certificate.in(folder);
        HttpServer server = listening(certificate, new Http2Settings());
        try (VertxTransport transport =
                builder(certificate).http2(8).keepAlive(Duration.ofMillis(20)).build()) {
            transport.send(get(server)).get(10, TimeUnit.SECONDS).close();
            closed.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void an_upstream_that_allows_no_stream_fails_the_call_and_is_not_connected_to_again() throws Exception {
        Certificate certificate = Certificate.in(folder);
        HttpServer server = listening(certificate, new Http2Settings().setMaxConcurrentStreams(0));
        try (VertxTransport transport = builder(certificate).http2(8).build()) {
            assertThatThrownBy(() -> transport.send(get(server)).get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            error -> assertThat(error.phase()).isEqualTo(Phase.CONNECT))
                    .hasMessageContaining("no stream");
            closed.get(10, TimeUnit.SECONDS);
            assertThat(connections).hasValue(1);
        }
    }

    private HttpServer listening(Certificate certificate, Http2Settings settings) throws Exception {
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(certificate.key())
                .setInitialSettings(settings);
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    connections.incrementAndGet();
                    connection.closeHandler(closed::complete);
                })
                .requestHandler(request -> request.response()
                        .setStatusCode(request.version() == HttpVersion.HTTP_2 ? 200 : 505)
                        .end())
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
    }

    private VertxTransport.Builder builder(Certificate certificate) throws Exception {
        return VertxTransport.builder(vertx).trust(TrustOptions.wrap(certificate.trust()));
    }

    private static UpstreamRequest get(HttpServer server) {
        URI origin = URI.create("https://localhost:" + server.actualPort());
        return new UpstreamRequest("GET", origin, "/", Headers.empty(), new UpstreamBody.None());
    }
}
