package io.ccflare.adapter.vertx.transport;

import static io.ccflare.testkit.Waits.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.transport.FarEnd;
import io.ccflare.testkit.transport.FarEnd.Script;
import io.ccflare.testkit.transport.Reading;
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
                FarEnd server = FarEnd.open().serve(link -> {
                    link.request();
                    link.ok("ok");
                    link.untilEnd();
                    closed.complete(null);
                })) {
            assertThat(Reading.text(get(shortly.send(post(server))))).isEqualTo("ok");
            get(closed);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 20, 24, 30, 60, 200})
    void aChunkedBodyThatCameWholeIsWholeHoweverLateItIsRead(int chunks) throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try (FarEnd server = FarEnd.open().serve(link -> {
            link.request();
            link.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    + "3\r\nabc\r\n".repeat(chunks) + "0\r\n\r\n");
            link.endOutput();
            link.untilEnd();
            closed.complete(null);
        })) {
            UpstreamResponse response = get(transport.send(post(server)));
            get(closed);
            assertThat(Reading.text(response)).isEqualTo("abc".repeat(chunks));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 300000\r\n", "Transfer-Encoding: chunked\r\n", ""})
    void aLargeBodyThatCameWholeIsWholeHoweverSlowlyItIsRead(String framing) throws Exception {
        try (FarEnd server = FarEnd.open().serve(link -> {
            link.request();
            link.write("HTTP/1.1 200 OK\r\n" + framing + "\r\n");
            boolean chunked = framing.startsWith("Transfer");
            for (int i = 0; i < 300; i++) {
                String text = "x".repeat(1000);
                link.write(chunked ? "3e8\r\n" + text + "\r\n" : text);
            }
            link.write(chunked ? "0\r\n\r\n" : "");
            if (framing.isEmpty()) {
                link.endOutput();
            }
            link.untilEnd();
        })) {
            Reading reading = Reading.of(get(transport.send(post(server))));
            int read = 0;
            while (read < 300_000) {
                read += reading.ask(1).next().length();
            }
            assertThat(reading.text()).hasSize(300_000);
        }
    }

    @Test
    void anInterimAnswerThatVertxTakesForTheLastOneIsAFailureAndNotAnAnswer() throws Exception {
        Script processing = link -> {
            link.request();
            link.write("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            link.untilEnd();
        };
        try (FarEnd server = FarEnd.open().serve(processing)) {
            TransportException error = failure(transport.send(post(server)));
            assertThat(error.phase()).isEqualTo(Phase.EXCHANGE);
            assertThat(error).hasMessageContaining("interim answer of status 102");
        }
    }

    @Test
    void aHeaderSectionBeyondTheLimitFailsTheExchange() throws Exception {
        Script big = link -> {
            link.request();
            link.write("HTTP/1.1 200 OK\r\nX-Big: " + "v".repeat(20_000) + "\r\nContent-Length: 2\r\n\r\nok");
            link.untilEnd();
        };
        try (FarEnd server = FarEnd.open().serve(big);
                VertxTransport small = VertxTransport.builder(vertx)
                        .options(new HttpClientOptions().setMaxHeaderSize(30_000))
                        .maxHeaderSize(10_000)
                        .build();
                VertxTransport own = VertxTransport.builder(vertx)
                        .options(new HttpClientOptions().setMaxHeaderSize(30_000))
                        .build()) {
            assertThat(failure(small.send(post(server))).phase()).isEqualTo(Phase.EXCHANGE);
            assertThat(Reading.text(get(own.send(post(server))))).isEqualTo("ok");
        }
    }

    @Test
    void hostsThatNeedNoProxyAreReachedWithoutOne() throws Exception {
        try (FarEnd server = FarEnd.open().serve(link -> {
                    var request = link.request();
                    link.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + request.line());
                    link.close();
                });
                VertxTransport selective = VertxTransport.builder(vertx)
                        .options(new HttpClientOptions()
                                .setProxyOptions(new ProxyOptions().setPort(1))
                                .setNonProxyHosts(List.of("127.0.*")))
                        .build()) {
            assertThat(Reading.text(get(selective.send(post(server))))).isEqualTo("POST / HTTP/1.1");
        }
    }

    @Test
    void closingOnAnEventLoopDoesNotBlockItAndEndsCalls() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (FarEnd server = FarEnd.open().serve(link -> {
            link.request();
            begun.complete(null);
            link.untilEnd();
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
        try (FarEnd server = FarEnd.open().serve(link -> {
            link.request();
            link.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            begun.complete(null);
            link.untilEnd();
        })) {
            Reading reading = Reading.all(get(orphan.send(post(server))));
            assertThat(reading.next()).isEqualTo("abc");
            get(early.close().toCompletionStage().toCompletableFuture());
            reading.breaksOff();
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

    private static UpstreamRequest post(FarEnd server) {
        UpstreamBody body = new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})), 2);
        return new UpstreamRequest("POST", server.origin(), "/", Headers.empty(), body);
    }
}
