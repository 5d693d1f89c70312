package io.ccflare.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway's answer is to those who know the JDK's client. */
class ResponseTest {

    private static final String TEXT = "one\ntwo\nthree";

    @Test
    void status_headers_and_the_rest_are_as_those_of_the_jdk() throws Exception {
        Scripted gateway = Scripted.answering(529, "{}", "Retry-After", "9", "x", "1", "X", "2");
        HttpRequest request = Scripted.get();
        HttpResponse<String> response = gateway.client().send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(529);
        assertThat(response.headers().firstValue("retry-after")).contains("9");
        assertThat(response.headers().allValues("x")).containsExactly("1", "2");
        assertThat(response.headers().map()).hasSize(2);
        assertThat(response.body()).isEqualTo("{}");
        assertThat(response.request()).isSameAs(request);
        assertThat(response.uri()).isEqualTo(request.uri());
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(response.previousResponse()).isEmpty();
        assertThat(response.sslSession()).isEmpty();
        assertThat(response.toString()).isEqualTo("(GET /v1/messages) 529");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304, 200})
    void a_response_without_a_body_is_one(int status) throws Exception {
        GatewayResponse response = GatewayResponse.of(status, Headers.empty(), FixedBody.empty());
        assertThat(Scripted.answering(response)
                        .client()
                        .send(Scripted.get(), BodyHandlers.ofByteArray())
                        .body())
                .isEmpty();
    }

    @Test
    void a_redirect_is_passed_on() throws Exception {
        HttpResponse<Void> response = Scripted.answering(307, "", "location", "http://elsewhere")
                .client()
                .send(Scripted.get(), BodyHandlers.discarding());
        assertThat(response.statusCode()).isEqualTo(307);
    }

    /** Handlers, each with what makes text of its body. */
    static Stream<Kind<?>> kinds() {
        return Stream.of(
                new Kind<>("ofString", BodyHandlers::ofString, text -> text),
                new Kind<>(
                        "ofByteArray", BodyHandlers::ofByteArray, bytes -> new String(bytes, StandardCharsets.UTF_8)),
                new Kind<>("ofInputStream", BodyHandlers::ofInputStream, ResponseTest::read),
                new Kind<>("ofLines", BodyHandlers::ofLines, lines -> String.join("\n", lines.toList())),
                new Kind<>("ofPublisher", BodyHandlers::ofPublisher, ResponseTest::read),
                new Kind<>("buffering", () -> BodyHandlers.buffering(BodyHandlers.ofString(), 5), text -> text),
                new Kind<>("replacing", () -> BodyHandlers.replacing(TEXT), text -> text),
                new Kind<>(
                        "mapping",
                        () -> head -> BodySubscribers.mapping(BodySubscribers.ofByteArray(), String::new),
                        text -> text));
    }

    record Kind<T>(String name, Supplier<BodyHandler<T>> handler, Reading<T> reading) {
        String asText(HttpResponse<T> response) throws Exception {
            return reading.text(response.body());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    interface Reading<T> {
        String text(T body) throws Exception;
    }

    private static String read(InputStream body) throws IOException {
        try (body) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String read(Flow.Publisher<List<ByteBuffer>> body) throws Exception {
        BodySubscriber<String> text = BodySubscribers.ofString(StandardCharsets.UTF_8);
        body.subscribe(text);
        return Scripted.get(text.getBody().toCompletableFuture());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <T> void a_body_that_is_there_is_read_by_every_kind_of_subscriber(Kind<T> kind) throws Exception {
        GatewayHttpClient client = Scripted.answering(200, TEXT).client();
        assertThat(kind.asText(client.send(Scripted.get(), kind.handler().get())))
                .isEqualTo(TEXT);
        assertThat(kind.asText(Scripted.get(
                        client.sendAsync(Scripted.get(), kind.handler().get()))))
                .isEqualTo(TEXT);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <T> void a_body_in_parts_is_read_by_every_kind_of_subscriber(Kind<T> kind) throws Exception {
        Source source = new Source();
        CompletableFuture<String> read = Scripted.answering(Scripted.stream(source))
                .client()
                .sendAsync(Scripted.get(), kind.handler().get())
                .thenApplyAsync(response -> {
                    try {
                        return kind.asText(response);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
        source.send("one\n", "tw").send("o\nthr").send("ee").complete();
        assertThat(Scripted.get(read)).isEqualTo(TEXT);
    }

    @Test
    void a_body_goes_to_a_file(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("answer");
        Scripted.answering(200, TEXT).client().send(Scripted.get(), BodyHandlers.ofFile(file));
        assertThat(Files.readString(file)).isEqualTo(TEXT);
    }

    @Test
    void lines_go_to_a_subscriber_of_lines() throws Exception {
        List<String> lines = new ArrayList<>();
        CompletableFuture<Void> end = new CompletableFuture<>();
        Flow.Subscriber<String> subscriber = new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(String line) {
                lines.add(line);
            }

            @Override
            public void onError(Throwable cause) {
                end.completeExceptionally(cause);
            }

            @Override
            public void onComplete() {
                end.complete(null);
            }
        };
        Scripted.answering(200, TEXT).client().send(Scripted.get(), BodyHandlers.fromLineSubscriber(subscriber));
        Scripted.get(end);
        assertThat(lines).containsExactly("one", "two", "three");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <T> void a_body_that_breaks_off_is_an_error_and_never_an_end(Kind<T> kind) throws Exception {
        if (kind.name().equals("replacing")) {
            return;
        }
        Source source = new Source();
        IOException reset = new IOException("connection reset");
        CompletableFuture<String> read = Scripted.answering(Scripted.stream(source))
                .client()
                .sendAsync(Scripted.get(), kind.handler().get())
                .thenApplyAsync(response -> {
                    try {
                        return kind.asText(response);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        source.send("one\n").fail(reset);
        assertThatThrownBy(() -> Scripted.get(read)).hasStackTraceContaining("connection reset");
    }

    @Test
    void a_slow_reader_gets_all_that_came_before_the_break() throws Exception {
        Source source = new Source();
        // So that the break has been told to whoever is told of it before anything is read.
        GatewayHttpClient client = GatewayHttpClient.builder(Scripted.answering(Scripted.stream(source)))
                .executor(Runnable::run)
                .build();
        HttpResponse<InputStream> response = client.send(Scripted.get(), BodyHandlers.ofInputStream());
        source.send("what came").fail(new IOException("connection reset"));
        assertThat(response.body().readNBytes(9)).asString().isEqualTo("what came");
        assertThatThrownBy(() -> response.body().read()).hasStackTraceContaining("connection reset");
    }

    @Test
    void a_break_that_is_no_io_exception_becomes_one() throws Exception {
        Source source = new Source();
        HttpResponse<InputStream> response =
                Scripted.answering(Scripted.stream(source)).client().send(Scripted.get(), BodyHandlers.ofInputStream());
        source.fail(new IllegalStateException("the upstream is confused"));
        assertThatThrownBy(() -> response.body().read())
                .isInstanceOf(IOException.class)
                .hasStackTraceContaining("the upstream is confused");
    }

    @Test
    void the_next_batch_is_asked_for_when_the_last_was_taken() throws Exception {
        Source source = new Source();
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                Scripted.answering(Scripted.stream(source)).client().send(Scripted.get(), BodyHandlers.ofPublisher());
        assertThat(source.asked).as("before there is a reader").hasValue(0);
        BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();
        CompletableFuture<Void> first = new CompletableFuture<>();
        response.body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(3);
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                taken.add(batch.size());
                first.join();
            }

            @Override
            public void onError(Throwable cause) {}

            @Override
            public void onComplete() {
                taken.add(-1);
            }
        });
        source.send("a", "b");
        assertThat(taken.take()).as("what arrived together stays together").isEqualTo(2);
        assertThat(source.asked).as("the reader is still busy").hasValue(1);
        first.complete(null);
        source.send("c").send("d").complete();
        assertThat(taken.take()).isEqualTo(1);
        assertThat(taken.take()).isEqualTo(1);
        assertThat(taken.take()).isEqualTo(-1);
        assertThat(source.asked).hasValue(3);
    }

    @Test
    void a_demand_that_is_not_positive_ends_the_stream_for_both() throws Exception {
        Source source = new Source();
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                Scripted.answering(Scripted.stream(source)).client().send(Scripted.get(), BodyHandlers.ofPublisher());
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        response.body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(0);
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {}

            @Override
            public void onError(Throwable cause) {
                told.complete(cause);
            }

            @Override
            public void onComplete() {}
        });
        assertThat(Scripted.get(told)).isInstanceOf(IllegalArgumentException.class);
        Scripted.get(source.cancelled);
    }

    @Test
    void a_handler_that_throws_fails_the_call_and_closes_the_response() {
        AtomicBoolean closed = new AtomicBoolean();
        GatewayHttpClient client = Scripted.answering(
                        GatewayResponse.of(200, Headers.empty(), FixedBody.empty(), () -> closed.set(true)))
                .client();
        assertThatThrownBy(() -> client.send(Scripted.get(), head -> {
                    throw new IllegalStateException("no idea what to do with " + head.statusCode());
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no idea what to do with 200");
        assertThat(closed).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"onSubscribe", "onNext", "onComplete"})
    void a_subscriber_that_throws_fails_the_call_and_ends_the_stream(String where) throws Exception {
        Source source = new Source();
        CompletableFuture<HttpResponse<String>> future = Scripted.answering(Scripted.stream(source))
                .client()
                .sendAsync(Scripted.get(), head -> new Throwing(where));
        if (!where.equals("onSubscribe")) {
            source.send("a");
        }
        if (where.equals("onComplete")) {
            source.complete();
        }
        assertThatThrownBy(() -> Scripted.get(future)).hasMessageContaining("broken in " + where);
        if (!where.equals("onComplete")) {
            Scripted.get(source.cancelled);
        }
    }

    @Test
    void a_body_that_fails_before_its_stream_has_ended_ends_the_stream() throws Exception {
        Source source = new Source();
        CompletableFuture<HttpResponse<String>> future = Scripted.answering(Scripted.stream(source))
                .client()
                .sendAsync(Scripted.get(), head -> new Throwing("nowhere") {
                    @Override
                    public void onNext(List<ByteBuffer> batch) {
                        body.completeExceptionally(new IOException("more than was wanted"));
                    }
                });
        source.send("a");
        assertThatThrownBy(() -> Scripted.get(future)).hasMessageContaining("more than was wanted");
        Scripted.get(source.cancelled);
    }

    @Test
    void a_gateway_that_fails_is_an_io_exception() {
        GatewayHttpClient throwing = GatewayHttpClient.builder(request -> {
                    throw new IllegalStateException("broken");
                })
                .build();
        assertThatThrownBy(() -> throwing.send(Scripted.get(), BodyHandlers.discarding()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken");
        GatewayHttpClient failing = GatewayHttpClient.builder(
                        request -> CompletableFuture.failedFuture(new IllegalStateException("broken")))
                .build();
        assertThatThrownBy(() -> failing.send(Scripted.get(), BodyHandlers.discarding()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken");
        GatewayHttpClient empty = GatewayHttpClient.builder(request -> CompletableFuture.completedFuture(null))
                .build();
        assertThatThrownBy(() -> empty.send(Scripted.get(), BodyHandlers.discarding()))
                .isInstanceOf(IOException.class);
    }

    private static class Throwing implements BodySubscriber<String> {

        final CompletableFuture<String> body = new CompletableFuture<>();
        private final String where;

        Throwing(String where) {
            this.where = where;
        }

        private void at(String here) {
            if (here.equals(where)) {
                throw new IllegalStateException("broken in " + here);
            }
        }

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            at("onSubscribe");
            subscription.request(2);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
            at("onNext");
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onComplete() {
            at("onComplete");
        }
    }
}
