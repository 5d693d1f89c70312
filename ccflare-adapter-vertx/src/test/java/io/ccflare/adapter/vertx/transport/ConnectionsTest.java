package io.ccflare.adapter.vertx.transport;

import static io.ccflare.adapter.vertx.transport.ScriptedServer.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.adapter.vertx.transport.ScriptedServer.Script;
import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.ProxyOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections end, and what happens to calls and bodies then. */
class ConnectionsTest {

    private final Vertx vertx = Vertx.vertx();
    private final VertxTransport transport = VertxTransport.create(vertx);

    @AfterEach
    void stop() throws Exception {
        transport.close();
        get(vertx.close().toCompletionStage().toCompletableFuture());
    }

    @Test
    void anIdleConnectionIsClosedWhenItsTimeIsOver() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try (VertxTransport shortly = VertxTransport.builder(vertx)
                        .keepAlive(Duration.ofMillis(20))
                        .build();
                ScriptedServer server = new ScriptedServer(connection -> {
                    connection.read();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    connection.awaitClosedByClient();
                    closed.complete(null);
                })) {
            assertThat(get(BodyReader.all(get(shortly.send(post(server)))).done))
                    .isEqualTo("ok");
            get(closed);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 20, 24, 30, 60, 200})
    void aChunkedBodyThatCameWholeIsWholeHoweverLateItIsRead(int chunks) throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    + "3\r\nabc\r\n".repeat(chunks) + "0\r\n\r\n");
            connection.socket.shutdownOutput();
            connection.awaitClosedByClient();
            closed.complete(null);
        })) {
            UpstreamResponse response = get(transport.send(post(server)));
            get(closed);
            assertThat(get(BodyReader.all(response).done)).isEqualTo("abc".repeat(chunks));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 300000\r\n", "Transfer-Encoding: chunked\r\n", ""})
    void aLargeBodyThatCameWholeIsWholeHoweverSlowlyItIsRead(String framing) throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\n" + framing + "\r\n");
            boolean chunked = framing.startsWith("Transfer");
            for (int i = 0; i < 300; i++) {
                String text = "x".repeat(1000);
                connection.write(chunked ? "3e8\r\n" + text + "\r\n" : text);
            }
            connection.write(chunked ? "0\r\n\r\n" : "");
            if (framing.isEmpty()) {
                connection.socket.shutdownOutput();
            }
            connection.awaitClosedByClient();
        })) {
            BodyReader reader = BodyReader.with(get(transport.send(post(server))), 1);
            while (!reader.done.isDone()) {
                if (reader.batches.poll() != null) {
                    reader.subscription.request(1);
                }
                Thread.onSpinWait();
            }
            assertThat(get(reader.done)).hasSize(300_000);
        }
    }

    @Test
    void anInterimAnswerThatVertxTakesForTheLastOneIsAFailureAndNotAnAnswer() throws Exception {
        Script processing = connection -> {
            connection.read();
            connection.write("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            connection.awaitClosedByClient();
        };
        try (ScriptedServer server = new ScriptedServer(processing)) {
            TransportException error = failure(transport.send(post(server)));
            assertThat(error.phase()).isEqualTo(Phase.EXCHANGE);
            assertThat(error).hasMessageContaining("interim answer of status 102");
        }
    }

    @Test
    void aHeaderSectionBeyondTheLimitFailsTheExchange() throws Exception {
        Script big = connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nX-Big: " + "v".repeat(20_000) + "\r\nContent-Length: 2\r\n\r\nok");
            connection.awaitClosedByClient();
        };
        try (ScriptedServer server = new ScriptedServer(big);
                VertxTransport small = VertxTransport.builder(vertx)
                        .options(new HttpClientOptions().setMaxHeaderSize(30_000))
                        .maxHeaderSize(10_000)
                        .build();
                VertxTransport own = VertxTransport.builder(vertx)
                        .options(new HttpClientOptions().setMaxHeaderSize(30_000))
                        .build()) {
            assertThat(failure(small.send(post(server))).phase()).isEqualTo(Phase.EXCHANGE);
            assertThat(get(BodyReader.all(get(own.send(post(server)))).done)).isEqualTo("ok");
        }
    }

    @Test
    void hostsThatNeedNoProxyAreReachedWithoutOne() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    var request = connection.read();
                    connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + request.line());
                });
                VertxTransport selective = VertxTransport.builder(vertx)
                        .options(new HttpClientOptions()
                                .setProxyOptions(new ProxyOptions().setPort(1))
                                .setNonProxyHosts(List.of("127.0.*")))
                        .build()) {
            assertThat(get(BodyReader.all(get(selective.send(post(server)))).done))
                    .isEqualTo("POST / HTTP/1.1");
        }
    }

    @Test
    void closingOnAnEventLoopDoesNotBlockItAndEndsCalls() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            begun.complete(null);
            connection.awaitClosedByClient();
        })) {
            CompletableFuture<UpstreamResponse> call = transport.send(post(server));
            get(begun);
            vertx.runOnContext(nothing -> transport.close());
            assertThat(failure(call)).hasMessageContaining("the transport was closed");
        }
    }

    @Test
    void aVertxThatIsClosedFirstEndsCallsAndRefusesNewOnes() throws Exception {
        Vertx early = Vertx.vertx();
        VertxTransport orphan = VertxTransport.create(early);
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            begun.complete(null);
            connection.awaitClosedByClient();
        })) {
            BodyReader reader = BodyReader.all(get(orphan.send(post(server))));
            assertThat(reader.next()).isEqualTo("abc");
            get(early.close().toCompletionStage().toCompletableFuture());
            assertThatThrownBy(() -> get(reader.done)).hasCauseInstanceOf(TransportException.class);
            assertThat(failure(orphan.send(post(server))).phase()).isEqualTo(Phase.CONNECT);
            orphan.close();
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        VertxTransport.Builder builder = VertxTransport.builder(vertx);
        assertThatThrownBy(() -> builder.connectTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.keepAlive(Duration.ofNanos(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.http2(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.maxHeaderSize(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static TransportException failure(CompletableFuture<UpstreamResponse> call) throws Exception {
        try {
            get(call).close();
        } catch (ExecutionException e) {
            return (TransportException) e.getCause();
        }
        throw new AssertionError("the call did not fail");
    }

    private static UpstreamRequest post(ScriptedServer server) {
        UpstreamBody body = new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})), 2);
        return new UpstreamRequest("POST", server.origin(), "/", Headers.empty(), body);
    }
}
