package io.ccflare.adapter.vertx.transport;

import static io.ccflare.adapter.vertx.transport.ScriptedServer.get;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.adapter.vertx.transport.ScriptedServer.Received;
import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes up. */
class VertxTransportRequestTest {

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private static final io.vertx.core.Vertx VERTX = io.vertx.core.Vertx.vertx();
    private final VertxTransport transport = VertxTransport.create(VERTX);
    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer(connection -> {
            for (Received request = connection.read(); request != null; request = connection.read()) {
                received.add(request);
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
                if (!request.line().startsWith("HEAD")) {
                    connection.write("ok");
                }
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        transport.close();
        server.close();
    }

    @Test
    void theTargetGoesUpRaw() throws Exception {
        String target = "//v1/a%2Fb/../c;p?beta=true&q=%20+%7c&x[]=a?b";
        assertThat(send("GET", target, Headers.empty(), new UpstreamBody.None()).line())
                .isEqualTo("GET " + target + " HTTP/1.1");
        assertThat(send("GET", "/a|b\"c?q={}^\u00e9", Headers.empty(), new UpstreamBody.None())
                        .line())
                .isEqualTo("GET /a|b\"c?q={}^%E9 HTTP/1.1");
        assertThat(send("GET", "?x=1", Headers.empty(), new UpstreamBody.None()).line())
                .isEqualTo("GET /?x=1 HTTP/1.1");
    }

    @Test
    void headersGoUpWithRepeatedLinesAndWithoutForeignFraming() throws Exception {
        Headers headers = Headers.of(
                "X-Api-Key",
                "k",
                "Anthropic-Beta",
                "one",
                "anthropic-beta",
                "two, three",
                "Host",
                "evil",
                "Content-Length",
                "99",
                "Transfer-Encoding",
                "chunked",
                "Connection",
                "close",
                "Expect",
                "100-continue",
                "Upgrade",
                "h2c",
                "TE",
                "trailers",
                "Keep-Alive",
                "5",
                "User-Agent",
                "claude-cli/1",
                "X-Tab",
                "a\tb",
                "X-High",
                "caf\u00e9 \u20ac",
                "X-Empty",
                "");
        Received request = send("POST", "/", headers, gathered("12345"));
        assertThat(request.named("x-api-key")).containsExactly("k");
        assertThat(request.named("anthropic-beta")).containsExactly("one", "two, three");
        assertThat(request.named("host")).containsExactly(server.origin().getAuthority());
        assertThat(request.named("content-length")).containsExactly("5");
        assertThat(request.named("user-agent")).containsExactly("claude-cli/1");
        assertThat(request.named("x-tab")).containsExactly("a\tb");
        assertThat(request.named("x-high")).containsExactly("caf\u00e9 ?");
        assertThat(request.named("x-empty")).containsExactly("");
        for (String dropped :
                List.of("transfer-encoding", "connection", "expect", "upgrade", "te", "keep-alive", "http2-settings")) {
            assertThat(request.named(dropped)).as(dropped).isEmpty();
        }
    }

    @Test
    void methodsSurviveAndTheBodilessOnesHaveNoBody() throws Exception {
        for (String method : List.of("GET", "HEAD", "DELETE", "OPTIONS", "POST", "PATCH", "PURGE", "get")) {
            Received request = send(method, "/m", Headers.empty(), new UpstreamBody.None());
            assertThat(request.line()).isEqualTo(method + " /m HTTP/1.1");
            assertThat(request.named("transfer-encoding")).isEmpty();
            assertThat(request.named("content-length")).isSubsetOf("0");
            if (Runtime.version().feature() >= 21
                    && List.of("GET", "HEAD", "DELETE").contains(method)) {
                assertThat(request.named("content-length")).isEmpty();
            }
        }
    }

    @Test
    void aGatheredBodyIsSentWholeAndMayBeSentAgain() throws Exception {
        byte[] bytes = new byte[3_000_017];
        new Random(7).nextBytes(bytes);
        ByteBuffer head = ByteBuffer.wrap(bytes, 0, 10);
        ByteBuffer tail = ByteBuffer.wrap(bytes, 10, bytes.length - 10);
        UpstreamBody body = new UpstreamBody.Gathered(List.of(head, ByteBuffer.allocate(0), tail), bytes.length);
        for (int i = 0; i < 2; i++) {
            Received request = send("POST", "/", Headers.empty(), body);
            assertThat(request.named("content-length")).containsExactly("" + bytes.length);
            assertThat(request.named("transfer-encoding")).isEmpty();
            assertThat(Arrays.equals(request.body(), bytes)).isTrue();
        }
        assertThat(head.remaining()).isEqualTo(10);
        assertThat(send("POST", "/", Headers.empty(), gathered("")).named("content-length"))
                .containsExactly("0");
        assertThat(new String(send("GET", "/", Headers.empty(), gathered("x")).body(), ISO_8859_1))
                .isEqualTo("x");
    }

    @Test
    void aStreamedBodyIsFramedByItsLengthOrChunked() throws Exception {
        byte[] bytes = new byte[200_000];
        new Random(8).nextBytes(bytes);
        for (long length : new long[] {bytes.length, -1}) {
            CompletableFuture<Received> request;
            try (SubmissionPublisher<List<ByteBuffer>> source = new SubmissionPublisher<>()) {
                request = sendAsync("POST", "/", Headers.empty(), new UpstreamBody.Streamed(source, length));
                waitForSubscriber(source, true);
                source.submit(List.of());
                source.submit(List.of(ByteBuffer.wrap(bytes, 0, 1), ByteBuffer.allocate(0)));
                source.submit(List.of(ByteBuffer.wrap(bytes, 1, 50_000), ByteBuffer.wrap(bytes, 50_001, 3)));
                source.submit(List.of(ByteBuffer.wrap(bytes, 50_004, bytes.length - 50_004)));
            }
            assertThat(Arrays.equals(get(request).body(), bytes)).isTrue();
            assertThat(get(request).named("transfer-encoding")).hasSize(length < 0 ? 1 : 0);
            assertThat(get(request).named("content-length")).hasSize(length < 0 ? 0 : 1);
        }
    }

    @Test
    void aSourceThatFailsEndsTheCallAndItsConnection() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (ScriptedServer reading = new ScriptedServer(connection -> {
            connection.readHead();
            begun.complete(null);
            connection.awaitClosedByClient();
            closed.complete(null);
        })) {
            SubmissionPublisher<List<ByteBuffer>> source = new SubmissionPublisher<>();
            var answer = transport.send(new UpstreamRequest(
                    "POST", reading.origin(), "/", Headers.empty(), new UpstreamBody.Streamed(source, -1)));
            get(begun);
            waitForSubscriber(source, true);
            source.submit(List.of(ByteBuffer.wrap(new byte[10])));
            source.closeExceptionally(new IOException("the client went away"));
            assertThat(failure(answer).phase()).isEqualTo(Phase.EXCHANGE);
            assertThat(failure(answer)).hasMessageContaining("the client went away");
            get(closed);
        }
    }

    @Test
    void aSourceIsToldWhenTheCallIsCancelled() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (ScriptedServer reading = new ScriptedServer(connection -> {
            connection.readHead();
            begun.complete(null);
            connection.awaitClosedByClient();
        })) {
            SubmissionPublisher<List<ByteBuffer>> source = new SubmissionPublisher<>();
            var answer = transport.send(new UpstreamRequest(
                    "POST", reading.origin(), "/", Headers.empty(), new UpstreamBody.Streamed(source, -1)));
            get(begun);
            waitForSubscriber(source, true);
            answer.cancel(false);
            waitForSubscriber(source, false);
        }
    }

    @Test
    void aRequestThatCannotBeSentFailsWithoutTellingTheValue() throws Exception {
        var answer = transport.send(request("POST", "/", Headers.of("X-Api-Key", "sec\u0001ret"), gathered("")));
        assertThat(failure(answer).phase()).isEqualTo(Phase.CONNECT);
        assertThat(failure(answer)).hasMessageContaining("X-Api-Key").hasMessageNotContaining("ret");
        assertThat(failure(transport.send(request("CONNECT", "/", Headers.empty(), gathered(""))))
                        .phase())
                .isEqualTo(Phase.CONNECT);
        assertThat(received).isEmpty();
    }

    private static TransportException failure(CompletableFuture<?> answer) throws Exception {
        try {
            get(answer);
        } catch (ExecutionException e) {
            return (TransportException) e.getCause();
        }
        throw new AssertionError("the call did not fail");
    }

    private static void waitForSubscriber(SubmissionPublisher<?> source, boolean there) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (source.hasSubscribers() != there && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(source.hasSubscribers()).isEqualTo(there);
    }

    private Received send(String method, String target, Headers headers, UpstreamBody body) throws Exception {
        return get(sendAsync(method, target, headers, body));
    }

    private CompletableFuture<Received> sendAsync(String method, String target, Headers headers, UpstreamBody body) {
        return transport
                .send(request(method, target, headers, body))
                .thenCompose(response -> {
                    assertThat(response.status()).isEqualTo(200);
                    return BodyReader.all(response).done;
                })
                .thenApply(text -> received.remove());
    }

    private UpstreamRequest request(String method, String target, Headers headers, UpstreamBody body) {
        return new UpstreamRequest(method, server.origin(), target, headers, body);
    }

    private static UpstreamBody gathered(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(bytes)), bytes.length);
    }
}
