package io.ccflare.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.ccflare.api.http.GatewayRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a request on its way to the gateway. */
class RequestTest {

    private final Scripted gateway = Scripted.answering(200, "");

    private GatewayRequest sent(HttpRequest request) throws Exception {
        gateway.client().send(request, BodyHandlers.discarding());
        return gateway.asked().request();
    }

    @Test
    void method_headers_and_caller_arrive() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(Scripted.MESSAGES)
                .method("PATCH", BodyPublishers.noBody())
                .header("x-session-id", "one")
                .header("anthropic-beta", "a")
                .header("anthropic-beta", "b")
                .header("empty", "")
                .build();
        GatewayHttpClient.builder(gateway)
                .caller(asking -> "anna-" + asking.method())
                .build()
                .send(request, BodyHandlers.discarding());
        GatewayRequest sent = gateway.asked().request();
        assertThat(sent.method()).isEqualTo("PATCH");
        assertThat(sent.target()).isEqualTo("/v1/messages");
        assertThat(sent.headers().all("anthropic-beta")).containsExactly("a", "b");
        assertThat(sent.headers().first("x-session-id")).isEqualTo("one");
        assertThat(sent.headers().first("empty")).isEmpty();
        assertThat(sent.headers().size()).as("nothing is added").isEqualTo(4);
        assertThat(sent.caller()).isEqualTo("anna-PATCH");
        assertThat(sent.remote()).isNull();
    }

    @Test
    void nobody_is_known_unless_the_host_says_who() throws Exception {
        assertThat(sent(Scripted.get()).caller()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "http://ccflare.local, http://ccflare.local, /, /",
        "http://ccflare.local, http://ccflare.local?a=b, /?a=b, /",
        "http://ccflare.local/, HTTP://CCFLARE.LOCAL:80/v1/models?limit=2&q=%2Fa#top, /v1/models?limit=2&q=%2Fa, /v1/models",
        "https://api.anthropic.com, https://api.anthropic.com:443/v1/files/a%2Fb, /v1/files/a%2Fb, /v1/files/a%2Fb",
        "http://llm.local/team/, http://llm.local/team/v1/messages, /team/v1/messages, /v1/messages",
        "http://llm.local/team, http://llm.local/team, /team, /",
        "http://llm.local/v1, http://llm.local/v1/messages, /v1/messages, /v1/messages",
        "http://llm.local:8080, http://llm.local:8080/v1/models/é?q=ü, /v1/models/%C3%A9?q=%C3%BC, /v1/models/%C3%A9",
        "http://llm.local, http://llm.local/v1/../x, /v1/../x, /v1/../x",
    })
    void the_target_is_the_raw_path_and_query_below_the_mount(String base, String uri, String target, String path)
            throws Exception {
        GatewayHttpClient.builder(gateway)
                .baseUrl(URI.create(base))
                .build()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.discarding());
        GatewayRequest sent = gateway.asked().request();
        assertThat(sent.target()).isEqualTo(target);
        assertThat(sent.path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://llm.local/team/v1/messages",
                "http://llm.local:81/team/v1/messages",
                "http://other.local/team/v1/messages",
                "http://llm.local/teams",
                "http://llm.local/",
                "http://llm.local"
            })
    void other_addresses_fail_without_a_delegate(String uri) {
        GatewayHttpClient client = GatewayHttpClient.builder(gateway)
                .baseUrl(URI.create("http://llm.local/team"))
                .build();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri + "?key=hidden")).build();
        assertThatThrownBy(() -> client.send(request, BodyHandlers.discarding()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("this client calls http://llm.local:80/team alone, not http")
                .hasMessageContaining("delegate")
                .hasMessageNotContaining("hidden");
        assertThat(client.sendAsync(request, BodyHandlers.discarding()))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IOException.class);
        assertThat(gateway.untouched()).isTrue();
    }

    @Test
    void other_addresses_are_the_delegates() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("from the network".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        try {
            GatewayHttpClient client = GatewayHttpClient.builder(gateway)
                    .delegate(HttpClient.newHttpClient())
                    .build();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("from the network");
            assertThat(Scripted.get(client.sendAsync(request, BodyHandlers.ofString(), null))
                            .body())
                    .isEqualTo("from the network");
            assertThat(gateway.untouched()).isTrue();
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://llm.local",
                "llm.local",
                "http:/v1",
                "http://user@llm.local",
                "http://llm.local?a",
                "http://llm.local#a",
                "http://llm.local/a/../b",
                "http://llm.local//a"
            })
    void a_base_url_that_cannot_be_one_is_refused(String base) {
        assertThatThrownBy(() -> GatewayHttpClient.builder(gateway)
                        .baseUrl(URI.create(base))
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16_384, 100_000})
    void a_body_of_known_length_arrives_with_it(int length) throws Exception {
        byte[] bytes = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
        Scripted reading = Scripted.waiting();
        CompletableFuture<HttpResponse<Void>> future =
                reading.client().sendAsync(Scripted.post(BodyPublishers.ofByteArray(bytes)), BodyHandlers.discarding());
        Scripted.Asked asked = reading.asked();
        assertThat(asked.request().contentLength()).isEqualTo(length);
        assertThat(Scripted.get(Scripted.read(asked.request()))).isEqualTo(bytes);
        asked.answer().complete(Scripted.text(200, ""));
        Scripted.get(future);
    }

    @Test
    void a_body_from_a_stream_arrives_without_a_length() throws Exception {
        Scripted reading = Scripted.waiting();
        BodyPublisher body = BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream("from a stream".getBytes(StandardCharsets.UTF_8)));
        reading.client().sendAsync(Scripted.post(body), BodyHandlers.discarding());
        GatewayRequest request = reading.asked().request();
        assertThat(request.contentLength()).isEqualTo(-1);
        assertThat(Scripted.get(Scripted.read(request))).asString().isEqualTo("from a stream");
    }

    @Test
    void a_body_from_a_file_arrives(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("body"), "from a file");
        Scripted reading = Scripted.waiting();
        reading.client().sendAsync(Scripted.post(BodyPublishers.ofFile(file)), BodyHandlers.discarding());
        GatewayRequest request = reading.asked().request();
        assertThat(request.contentLength()).isEqualTo(11);
        assertThat(Scripted.get(Scripted.read(request))).asString().isEqualTo("from a file");
    }

    @Test
    void a_body_from_a_publisher_with_threads_of_its_own_arrives() throws Exception {
        Scripted reading = Scripted.waiting();
        try (SubmissionPublisher<ByteBuffer> source = new SubmissionPublisher<>()) {
            reading.client().sendAsync(Scripted.post(BodyPublishers.fromPublisher(source)), BodyHandlers.discarding());
            CompletableFuture<byte[]> read = Scripted.read(reading.asked().request());
            while (source.getNumberOfSubscribers() == 0) {
                Thread.yield();
            }
            for (String part : List.of("one ", "", "two ", "three")) {
                source.submit(ByteBuffer.wrap(part.getBytes(StandardCharsets.UTF_8)));
            }
            source.close();
            assertThat(Scripted.get(read)).asString().isEqualTo("one two three");
        }
    }

    @Test
    void no_body_has_length_zero() throws Exception {
        assertThat(sent(Scripted.get()).contentLength()).isZero();
        assertThat(sent(Scripted.post(BodyPublishers.noBody())).contentLength()).isZero();
        assertThat(sent(Scripted.post(BodyPublishers.ofString(""))).contentLength())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"9, Too many bytes", "11, Too few bytes"})
    void a_body_of_another_length_than_announced_fails_on_both_sides(int announced, String problem) throws Exception {
        Scripted reading = Scripted.waiting();
        BodyPublisher body = BodyPublishers.fromPublisher(BodyPublishers.ofString("ten bytes!"), announced);
        CompletableFuture<HttpResponse<Void>> future =
                reading.client().sendAsync(Scripted.post(body), BodyHandlers.discarding());
        Scripted.Asked asked = reading.asked();
        assertThatThrownBy(() -> Scripted.get(Scripted.read(asked.request())))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining(problem);
        assertThatThrownBy(() -> Scripted.get(future)).hasMessageContaining(problem);
        assertThat(asked.answer()).isCancelled();
    }

    @Test
    void a_body_that_cannot_be_read_fails_on_both_sides() throws Exception {
        Scripted reading = Scripted.waiting();
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk is gone");
            }
        };
        CompletableFuture<HttpResponse<Void>> future = reading.client()
                .sendAsync(Scripted.post(BodyPublishers.ofInputStream(() -> broken)), BodyHandlers.discarding());
        Scripted.Asked asked = reading.asked();
        assertThatThrownBy(() -> Scripted.get(Scripted.read(asked.request()))).hasMessageContaining("the disk is gone");
        assertThatThrownBy(() -> Scripted.get(future)).hasMessageContaining("the disk is gone");
        assertThat(asked.answer()).isCancelled();
    }

    @Test
    void a_body_that_is_slow_to_come_holds_up_neither_the_caller_nor_an_early_answer() throws Exception {
        Scripted reading = Scripted.waiting();
        try (PipedInputStream slow = new PipedInputStream();
                PipedOutputStream writer = new PipedOutputStream(slow)) {
            CompletableFuture<HttpResponse<String>> future = reading.client()
                    .sendAsync(Scripted.post(BodyPublishers.ofInputStream(() -> slow)), BodyHandlers.ofString());
            Scripted.Asked asked = reading.asked();
            Scripted.read(asked.request());
            asked.answer().complete(Scripted.text(413, "too large"));
            assertThat(Scripted.get(future).statusCode()).isEqualTo(413);
        }
    }

    @Test
    void connect_is_refused_as_by_the_jdk() {
        HttpRequest request = new OwnRequest("CONNECT", Map.of());
        assertThatThrownBy(() -> gateway.client().send(request, BodyHandlers.discarding()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> gateway.client().sendAsync(request, BodyHandlers.discarding()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void headers_of_a_connection_are_left_out_since_there_is_none() throws Exception {
        HttpRequest request = new OwnRequest(
                "GET",
                Map.of(
                        "Connection", List.of("close"),
                        "Content-Length", List.of("99"),
                        "Host", List.of("elsewhere"),
                        "Expect", List.of("100-continue"),
                        "Upgrade", List.of("h2c"),
                        "X-Kept", List.of("yes")));
        GatewayRequest sent = sent(request);
        assertThat(sent.headers().size()).isEqualTo(1);
        assertThat(sent.headers().first("x-kept")).isEqualTo("yes");
        assertThat(sent.contentLength()).isZero();
    }

    @Test
    void a_caller_function_that_fails_is_seen_by_who_calls() {
        GatewayHttpClient client = GatewayHttpClient.builder(gateway)
                .caller(request -> {
                    throw new CompletionException("no user", null);
                })
                .build();
        assertThatThrownBy(() -> client.send(Scripted.get(), BodyHandlers.discarding()))
                .isInstanceOf(CompletionException.class);
        assertThat(gateway.untouched()).isTrue();
    }

    /** A request that no builder has checked. */
    private static final class OwnRequest extends HttpRequest {

        private final String method;
        private final Map<String, List<String>> headers;

        OwnRequest(String method, Map<String, List<String>> headers) {
            this.method = method;
            this.headers = headers;
        }

        @Override
        public Optional<BodyPublisher> bodyPublisher() {
            return Optional.empty();
        }

        @Override
        public String method() {
            return method;
        }

        @Override
        public Optional<Duration> timeout() {
            return Optional.empty();
        }

        @Override
        public boolean expectContinue() {
            return true;
        }

        @Override
        public URI uri() {
            return Scripted.MESSAGES;
        }

        @Override
        public Optional<HttpClient.Version> version() {
            return Optional.empty();
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(headers, (name, value) -> true);
        }
    }
}
