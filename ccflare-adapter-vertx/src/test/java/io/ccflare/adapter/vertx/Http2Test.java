package io.ccflare.adapter.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same over HTTP/2: with prior knowledge on plain connections, and agreed upon over TLS. */
class Http2Test {

    @TempDir
    Path folder;

    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    private static <T> T soon(BlockingQueue<T> queue) throws Exception {
        T element = queue.poll(10, TimeUnit.SECONDS);
        assertThat(element).as("within ten seconds").isNotNull();
        return element;
    }

    private static SubmissionPublisher<List<ByteBuffer>> source() {
        return new SubmissionPublisher<>(Runnable::run, 1);
    }

    private static Server mounted(GatewayHandler handler) throws Exception {
        return Server.start(router -> VertxGateway.mount(router, "/v1", handler));
    }

    /** A caller that speaks HTTP/2 from its first byte, all streams over one connection. */
    private static final class Caller implements AutoCloseable {

        private final Vertx vertx = Vertx.vertx();
        private final HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                // Else one stream that nobody reads would use up what all of them may send.
                .setHttp2ConnectionWindowSize(1 << 20));
        private final int port;

        Caller(Server server) {
            this.port = server.port();
        }

        HttpClientRequest request(HttpMethod method, String target) throws Exception {
            return client.request(method, port, "127.0.0.1", target).await(10, TimeUnit.SECONDS);
        }

        /** The response's events go into the queue, and what ends it into the future. */
        Answer send(HttpClientRequest request) throws Exception {
            Answer answer = new Answer();
            request.response()
                    .onSuccess(response -> answer.begin(response))
                    .onFailure(answer.end::completeExceptionally);
            request.end();
            return answer;
        }

        @Override
        public void close() throws Exception {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    private static final class Answer {

        final CompletableFuture<HttpClientResponse> head = new CompletableFuture<>();
        final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
        final CompletableFuture<Void> end = new CompletableFuture<>();

        void begin(HttpClientResponse response) {
            response.handler(piece -> pieces.add(piece.toString()));
            response.exceptionHandler(end::completeExceptionally);
            response.endHandler(end::complete);
            head.complete(response);
        }
    }

    @Test
    void requests_and_responses_pass_as_they_do_over_http_1() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            seen.add(request);
            return Server.body(request)
                    .thenApply(text -> Server.answer(text, "X-Twice", "a", "x-twice", "b", "Content-Length", "5")
                            .join());
        };
        try (Server server = mounted(handler);
                Caller caller = new Caller(server)) {
            HttpClientRequest request = caller.request(HttpMethod.POST, "/v1/models/a%20b?x=%2F");
            request.putHeader("content-length", "5");
            request.headers().add("anthropic-beta", "one").add("anthropic-beta", "two");
            request.write("hello");
            Answer answer = caller.send(request);
            assertThat(soon(answer.head).version()).isEqualTo(HttpVersion.HTTP_2);
            assertThat(soon(answer.head).headers().getAll("x-twice")).containsExactly("a", "b");
            soon(answer.end);
            assertThat(String.join("", answer.pieces)).isEqualTo("hello");
            GatewayRequest asked = soon(seen);
            assertThat(asked.target()).isEqualTo("/v1/models/a%20b?x=%2F");
            assertThat(asked.contentLength()).isEqualTo(5);
            assertThat(asked.headers().all("anthropic-beta")).containsExactly("one", "two");
            assertThat(asked.headers().all("host")).containsExactly("127.0.0.1:" + server.port());
            assertThat(asked.headers()).extracting(Headers::toString).asString().doesNotContain(":path");
        }
    }

    @Test
    void heads_and_batches_go_out_at_once() throws Exception {
        SubmissionPublisher<List<ByteBuffer>> body = source();
        try (Server server = mounted(request -> Server.answer(body));
                Caller caller = new Caller(server)) {
            Answer answer = caller.send(caller.request(HttpMethod.GET, "/v1/a"));
            assertThat(soon(answer.head).statusCode()).isEqualTo(200);
            for (int i = 0; i < 50; i++) {
                body.submit(Server.batch("event " + i));
                assertThat(soon(answer.pieces)).isEqualTo("event " + i);
            }
            body.close();
            soon(answer.end);
        }
    }

    @Test
    void a_broken_body_resets_its_stream_and_no_other() throws Exception {
        BlockingQueue<SubmissionPublisher<List<ByteBuffer>>> bodies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            SubmissionPublisher<List<ByteBuffer>> body = source();
            bodies.add(body);
            return Server.answer(body);
        };
        try (Server server = mounted(handler);
                Caller caller = new Caller(server)) {
            Answer whole = caller.send(caller.request(HttpMethod.GET, "/v1/a"));
            soon(whole.head);
            SubmissionPublisher<List<ByteBuffer>> first = soon(bodies);
            Answer broken = caller.send(caller.request(HttpMethod.GET, "/v1/b"));
            soon(broken.head);
            SubmissionPublisher<List<ByteBuffer>> second = soon(bodies);
            second.submit(Server.batch("half"));
            assertThat(soon(broken.pieces)).isEqualTo("half");
            second.closeExceptionally(new IOException("upstream is gone"));
            assertThatThrownBy(() -> soon(broken.end))
                    .cause()
                    .isInstanceOfSatisfying(
                            StreamResetException.class,
                            reset -> assertThat(reset.getCode()).isEqualTo(2));
            first.submit(Server.batch("fine"));
            assertThat(soon(whole.pieces)).isEqualTo("fine");
            first.close();
            soon(whole.end);
        }
    }

    @Test
    void a_body_shorter_than_its_length_resets_its_stream() throws Exception {
        SubmissionPublisher<List<ByteBuffer>> body = source();
        try (Server server = mounted(request -> Server.answer(body, "Content-Length", "10"));
                Caller caller = new Caller(server)) {
            Answer answer = caller.send(caller.request(HttpMethod.GET, "/v1/a"));
            soon(answer.head);
            body.submit(Server.batch("half"));
            body.close();
            assertThatThrownBy(() -> soon(answer.end)).hasCauseInstanceOf(StreamResetException.class);
        }
    }

    @Test
    void a_stream_that_its_caller_resets_ends_the_work_for_it() throws Exception {
        SubmissionPublisher<List<ByteBuffer>> body = source();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        CompletableFuture<GatewayResponse> silent = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                cancelled.complete(null);
                return super.cancel(mayInterrupt);
            }
        };
        GatewayHandler handler = request -> {
            if (request.path().equals("/v1/silent")) {
                asked.complete(null);
                return silent;
            }
            return Server.answer(body);
        };
        try (Server server = mounted(handler);
                Caller caller = new Caller(server)) {
            HttpClientRequest waiting = caller.request(HttpMethod.GET, "/v1/silent");
            caller.send(waiting);
            soon(asked);
            waiting.reset();
            soon(cancelled);

            HttpClientRequest reading = caller.request(HttpMethod.GET, "/v1/stream");
            soon(caller.send(reading).head);
            assertThat(body.hasSubscribers()).isTrue();
            reading.reset();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (body.hasSubscribers()) {
                assertThat(System.nanoTime()).isLessThan(end);
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void a_connection_that_goes_away_ends_the_work_of_all_its_streams() throws Exception {
        AtomicInteger cancelled = new AtomicInteger();
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            seen.add(request);
            return new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean mayInterrupt) {
                    cancelled.incrementAndGet();
                    return super.cancel(mayInterrupt);
                }
            };
        };
        try (Server server = mounted(handler)) {
            try (Caller caller = new Caller(server)) {
                for (int i = 0; i < 3; i++) {
                    caller.send(caller.request(HttpMethod.GET, "/v1/a"));
                    soon(seen);
                }
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (cancelled.get() < 3) {
                assertThat(System.nanoTime()).isLessThan(end);
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void a_slow_reader_holds_back_its_own_stream_alone() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        byte[] block = new byte[64 * 1024];
        Flow.Publisher<List<ByteBuffer>> endless = to -> to.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                taken.incrementAndGet();
                to.onNext(List.of(ByteBuffer.wrap(block)));
            }

            @Override
            public void cancel() {
                // Nothing is under way.
            }
        });
        GatewayHandler handler =
                request -> request.path().equals("/v1/endless") ? Server.answer(endless) : Server.answer("quick");
        try (Server server = mounted(handler);
                Caller caller = new Caller(server)) {
            HttpClientRequest slow = caller.request(HttpMethod.GET, "/v1/endless");
            CompletableFuture<HttpClientResponse> head = new CompletableFuture<>();
            slow.response().onSuccess(response -> head.complete(response.pause()));
            slow.end();
            soon(head);
            for (int i = 0; i < 20; i++) {
                Answer quick = caller.send(caller.request(HttpMethod.GET, "/v1/quick"));
                soon(quick.end);
                assertThat(String.join("", quick.pieces)).isEqualTo("quick");
            }
            assertThat(taken.get())
                    .as("blocks of 64 KB for a window of as much")
                    .isLessThan(32);
            slow.reset();
        }
    }

    @Test
    void an_upload_is_read_as_it_is_asked_for() throws Exception {
        CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        GatewayHandler handler = request -> {
            request.body().subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription from) {
                    subscription.complete(from);
                }

                @Override
                public void onNext(List<ByteBuffer> batch) {
                    arrived.add(batch.get(0).remaining());
                }

                @Override
                public void onError(Throwable cause) {
                    answer.completeExceptionally(cause);
                }

                @Override
                public void onComplete() {
                    answer.complete(GatewayResponse.of(204, Headers.empty(), FixedBody.empty()));
                }
            });
            return answer;
        };
        int size = 4 << 20;
        try (Server server = mounted(handler);
                Caller caller = new Caller(server)) {
            HttpClientRequest request = caller.request(HttpMethod.POST, "/v1/a");
            request.putHeader("content-length", Integer.toString(size));
            CompletableFuture<Void> written = new CompletableFuture<>();
            request.write(Buffer.buffer(new byte[size])).onSuccess(written::complete);
            Answer response = caller.send(request);
            soon(subscription).request(1);
            int count = soon(arrived);
            assertThat(arrived.poll(200, TimeUnit.MILLISECONDS)).isNull();
            assertThat(written).as("the window is closed").isNotDone();
            soon(subscription).request(Long.MAX_VALUE);
            while (count < size) {
                count += soon(arrived);
            }
            assertThat(soon(response.head).statusCode()).isEqualTo(204);
            soon(response.end);
        }
    }

    @Test
    void many_streams_share_a_connection() throws Exception {
        BlockingQueue<SubmissionPublisher<List<ByteBuffer>>> bodies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            SubmissionPublisher<List<ByteBuffer>> body = source();
            bodies.add(body);
            return Server.answer(body);
        };
        try (Server server = mounted(handler);
                Caller caller = new Caller(server)) {
            List<Answer> answers = new ArrayList<>();
            List<SubmissionPublisher<List<ByteBuffer>>> open = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Answer answer = caller.send(caller.request(HttpMethod.GET, "/v1/a"));
                soon(answer.head);
                answers.add(answer);
                open.add(soon(bodies));
            }
            for (int i = 0; i < 100; i++) {
                open.get(i).submit(Server.batch("event " + i));
                open.get(i).close();
                soon(answers.get(i).end);
                assertThat(String.join("", answers.get(i).pieces)).isEqualTo("event " + i);
            }
        }
    }

    @Test
    void over_tls_it_is_agreed_upon_with_the_jdks_client() throws Exception {
        Certificate certificate = Certificate.in(folder);
        HttpServerOptions tls =
                new HttpServerOptions().setSsl(true).setUseAlpn(true).setKeyCertOptions(certificate.key());
        GatewayHandler handler = request -> Server.body(request).thenApply(text -> switch (request.path()) {
            case "/v1/none" -> GatewayResponse.of(204, Headers.empty(), FixedBody.empty());
            case "/v1/short" -> Server.answer("half", "Content-Length", "10").join();
            default -> Server.answer(request.method() + ":" + text).join();
        });
        java.net.http.HttpClient client = java.net.http.HttpClient.newBuilder()
                .sslContext(certificate.trusted())
                .build();
        try (Server server = Server.start(tls, router -> VertxGateway.mount(router, "/v1", handler))) {
            String base = "https://localhost:" + server.port();
            byte[] large = "0123456789".repeat(100_000).getBytes(StandardCharsets.UTF_8);
            HttpResponse<String> echoed = client.send(
                    HttpRequest.newBuilder(URI.create(base + "/v1/a"))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(large))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(echoed.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_2);
            assertThat(echoed.body()).hasSize(large.length + 5).startsWith("POST:0123");
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/v1/a"));
            assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo("GET:");
            HttpResponse<String> head = client.send(
                    request.method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            request = HttpRequest.newBuilder(URI.create(base + "/v1/none"));
            assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(204);
            HttpRequest shorter =
                    HttpRequest.newBuilder(URI.create(base + "/v1/short")).build();
            assertThatThrownBy(() -> client.send(shorter, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }
}
