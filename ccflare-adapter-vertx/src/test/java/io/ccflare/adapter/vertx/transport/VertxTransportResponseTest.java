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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes down. */
class VertxTransportResponseTest {

    private static final io.vertx.core.Vertx VERTX = io.vertx.core.Vertx.vertx();
    private final VertxTransport transport = VertxTransport.create(VERTX);

    @AfterEach
    void stop() {
        transport.close();
    }

    @Test
    void statusHeadersAndBodyComeAsSent() throws Exception {
        Script script = answering(
                "HTTP/1.1 529 \r\nContent-Type: application/json\r\nX-Two: a\r\nx-two: b\r\nRetry-After: 7\r\n"
                        + "X-Big: " + "v".repeat(100_000) + "\r\nContent-Length: 5\r\n\r\nhello");
        try (ScriptedServer server = new ScriptedServer(script);
                UpstreamResponse response = get(post(server))) {
            assertThat(response.status()).isEqualTo(529);
            assertThat(response.headers().all("x-two")).containsExactly("a", "b");
            assertThat(response.headers().first("Retry-After")).isEqualTo("7");
            assertThat(response.headers().first("x-big")).hasSize(100_000);
            assertThat(get(BodyReader.all(response).done)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\nabcde",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
                "HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 5\r\n\r\nabcde",
                "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 5\r\n\r\nabcde"
            })
    void everyFramingGivesTheSameBytes(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(answering(answer));
                UpstreamResponse response = get(post(server))) {
            assertThat(response.status()).isIn(200, 307, 401);
            assertThat(get(BodyReader.all(response).done)).isEqualTo("abcde");
        }
    }

    @Test
    void answersWithoutABodyEndWithoutDemandAndConnectionsAreUsedAgain() throws Exception {
        List<String> answers = List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 204 None\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        try (ScriptedServer server = new ScriptedServer(connection -> {
            for (var request = connection.read(); request != null; request = connection.read()) {
                connection.write(
                        answers.get(request.line().charAt(request.line().indexOf('/') + 1) - '0'));
            }
        })) {
            for (int i = 0; i < 40; i++) {
                String method = i % 4 == 0 ? "HEAD" : "GET";
                UpstreamResponse response = get(transport.send(new UpstreamRequest(
                        method, server.origin(), "/" + i % 4, Headers.empty(), new UpstreamBody.None())));
                assertThat(get(BodyReader.with(response, 0).done)).isEmpty();
                response.close();
            }
            assertThat(server.accepted()).isLessThan(40);
        }
    }

    @Test
    void whatArrivesTogetherIsOneBatchAndIsNotHeldBack() throws Exception {
        CompletableFuture<Void> read = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            connection.write("1\r\na\r\n2\r\nbc\r\n");
            get(read);
            connection.write("1\r\nd\r\n0\r\n\r\n");
        })) {
            BodyReader reader = BodyReader.all(get(post(server)));
            assertThat(reader.next()).isEqualTo("abc");
            read.complete(null);
            assertThat(reader.next()).isEqualTo("d");
            assertThat(get(reader.done)).isEqualTo("abcd");
            assertThat(reader.signalsAfterEnd).hasValue(0);
        }
    }

    @Test
    void withoutDemandTheServerStalls() throws Exception {
        long total = 256L * 1024 * 1024;
        AtomicLong written = new AtomicLong();
        CompletableFuture<Void> clientGone = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + total + "\r\n\r\n");
            byte[] block = new byte[64 * 1024];
            try {
                while (written.get() < total) {
                    connection.socket.getOutputStream().write(block);
                    written.addAndGet(block.length);
                }
            } finally {
                clientGone.complete(null);
            }
        })) {
            BodyReader reader = BodyReader.with(get(post(server)), 1);
            assertThat(reader.next()).isNotNull();
            // The server cannot finish while nobody asks: more than the socket buffers hold is never written.
            assertThat(reader.batches).isEmpty();
            reader.subscription.request(3);
            for (int i = 0; i < 3; i++) {
                assertThat(reader.next()).isNotNull();
            }
            assertThat(reader.batches).isEmpty();
            reader.subscription.cancel();
            get(clientGone);
            assertThat(written.get()).isLessThan(total / 4);
            assertThat(reader.done).isNotDone();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 10\r\n\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"
            })
    void aBodyThatBreaksOffIsAnErrorOfTheBody(String rest) throws Exception {
        try (ScriptedServer server = new ScriptedServer(answering("HTTP/1.1 200 OK\r\n" + rest))) {
            BodyReader reader = BodyReader.all(get(post(server)));
            assertBroken(reader, server);
            assertThat(reader.signalsAfterEnd).hasValue(0);
        }
    }

    @Test
    void aResetIsAnErrorOfTheBodyEvenIfNobodyReadsYet() throws Exception {
        CompletableFuture<Void> read = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\n\r\nabc");
            get(read);
            connection.reset();
        })) {
            UpstreamResponse response = get(post(server));
            BodyReader reader = BodyReader.all(response);
            assertThat(reader.next()).isEqualTo("abc");
            read.complete(null);
            assertBroken(reader, server);
        }
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            connection.reset();
        })) {
            CompletableFuture<UpstreamResponse> call = post(server);
            try {
                assertBroken(BodyReader.all(get(call)), server);
            } catch (ExecutionException e) {
                // The reset may overtake the head.
                assertThat(((TransportException) e.getCause()).phase()).isEqualTo(Phase.EXCHANGE);
            }
        }
    }

    @Test
    void aBodyIsReadOnceAndBadDemandIsRefused() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            connection.awaitClosedByClient();
        })) {
            UpstreamResponse response = get(post(server));
            BodyReader first = BodyReader.with(response, 0);
            assertThatThrownBy(() -> get(BodyReader.all(response).done))
                    .hasCauseInstanceOf(IllegalStateException.class);
            first.subscription.request(0);
            assertThatThrownBy(() -> get(first.done)).hasCauseInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void assertBroken(BodyReader reader, ScriptedServer server) {
        assertThatThrownBy(() -> get(reader.done))
                .hasCauseInstanceOf(TransportException.class)
                .hasMessageContaining(server.origin().getAuthority() + ": the answer broke off")
                .satisfies(e ->
                        assertThat(((TransportException) e.getCause()).phase()).isEqualTo(Phase.BODY));
    }

    private static Script answering(String answer) {
        return connection -> {
            connection.read();
            connection.write(answer);
        };
    }

    private CompletableFuture<UpstreamResponse> post(ScriptedServer server) {
        UpstreamBody body = new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})), 2);
        return transport.send(new UpstreamRequest("POST", server.origin(), "/v1/messages", Headers.empty(), body));
    }
}
