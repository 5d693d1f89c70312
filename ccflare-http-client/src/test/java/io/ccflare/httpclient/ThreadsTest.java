package io.ccflare.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.GatewayResponse;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What runs where, and that what blocks holds up nobody else. */
class ThreadsTest {

    private final Scripted gateway = Scripted.waiting();
    private final Source source = new Source();
    private final ExecutorService executor = Executors.newCachedThreadPool(work -> new Thread(work, "the-hosts"));

    @AfterEach
    void shutDown() {
        executor.shutdownNow();
    }

    private static BodyHandler<String> whereItRuns() {
        return head -> {
            String handler = Thread.currentThread().getName();
            return BodySubscribers.mapping(
                    BodySubscribers.ofByteArray(),
                    bytes -> handler + ", " + Thread.currentThread().getName());
        };
    }

    @Test
    void by_default_nothing_of_the_callers_runs_on_a_thread_of_the_gateways() throws Exception {
        CompletableFuture<String> where = gateway.client()
                .sendAsync(Scripted.get(), whereItRuns())
                .thenApply(response ->
                        response.body() + ", " + Thread.currentThread().getName());
        // This thread plays the gateway's.
        gateway.asked().answer().complete(Scripted.text(200, "a"));
        assertThat(Scripted.get(where)).matches("(ccflare-client-\\d+(, )?){3}");
    }

    @Test
    void a_host_may_give_an_executor() throws Exception {
        GatewayHttpClient client =
                GatewayHttpClient.builder(gateway).executor(executor).build();
        assertThat(client.executor()).containsSame(executor);
        CompletableFuture<String> where = client.sendAsync(Scripted.get(), whereItRuns())
                .thenApply(response ->
                        response.body() + ", " + Thread.currentThread().getName());
        gateway.asked().answer().complete(Scripted.text(200, "a"));
        assertThat(Scripted.get(where)).isEqualTo("the-hosts, the-hosts, the-hosts");
    }

    @Test
    void an_executor_that_runs_at_once_saves_the_change_of_threads() throws Exception {
        GatewayHttpClient client =
                GatewayHttpClient.builder(gateway).executor(Runnable::run).build();
        CompletableFuture<HttpResponse<String>> future = client.sendAsync(Scripted.get(), whereItRuns());
        gateway.asked().answer().complete(Scripted.text(200, "a"));
        String here = Thread.currentThread().getName();
        assertThat(future).isDone();
        assertThat(future.join().body()).isEqualTo(here + ", " + here);
    }

    @Test
    void a_thread_that_waits_runs_what_is_its_own() throws Exception {
        CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> {
            try {
                gateway.asked().answer().complete(Scripted.stream(source));
                source.send("a").send("b").complete();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        String here = Thread.currentThread().getName();
        assertThat(gateway.client().send(Scripted.get(), whereItRuns()).body()).isEqualTo(here + ", " + here);
        Scripted.get(answered);
    }

    @Test
    void what_depends_on_a_response_may_read_it_to_its_end() throws Exception {
        CompletableFuture<Integer> read = gateway.client()
                .sendAsync(Scripted.get(), BodyHandlers.ofInputStream())
                .thenApply(response -> {
                    try (InputStream body = response.body()) {
                        return body.readAllBytes().length;
                    } catch (java.io.IOException e) {
                        throw new AssertionError(e);
                    }
                });
        gateway.asked().answer().complete(Scripted.stream(source));
        source.send("one").send("two").send("three").complete();
        assertThat(Scripted.get(read)).isEqualTo(11);
    }

    /** A subscriber whose writes wait for a reader that gets its end of the pipe with the response. */
    @Test
    void a_subscriber_that_waits_for_whoever_called_does_not_wait_for_ever() throws Exception {
        PipedInputStream reader = new PipedInputStream(1);
        PipedOutputStream writer = new PipedOutputStream(reader);
        HttpResponse<InputStream> response = Scripted.answering(200, "more than fits the pipe")
                .client()
                .send(Scripted.get(), head -> new Piping(reader, writer));
        assertThat(new String(response.body().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("more than fits the pipe");
    }

    private record Piping(InputStream reader, PipedOutputStream writer)
            implements HttpResponse.BodySubscriber<InputStream> {

        @Override
        public CompletableFuture<InputStream> getBody() {
            return CompletableFuture.completedFuture(reader);
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
            try {
                for (ByteBuffer buffer : batch) {
                    byte[] bytes = new byte[buffer.remaining()];
                    buffer.get(bytes);
                    writer.write(bytes);
                    writer.flush();
                }
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public void onError(Throwable cause) {
            onComplete();
        }

        @Override
        public void onComplete() {
            try {
                writer.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Test
    void an_executor_that_takes_no_more_fails_the_call_and_ends_it() throws Exception {
        GatewayHttpClient client =
                GatewayHttpClient.builder(gateway).executor(executor).build();
        CompletableFuture<HttpResponse<String>> future = client.sendAsync(Scripted.get(), BodyHandlers.ofString());
        executor.shutdown();
        CompletableFuture<GatewayResponse> answer = gateway.asked().answer();
        answer.complete(Scripted.stream(source));
        assertThatThrownBy(() -> Scripted.get(future)).hasCauseInstanceOf(RejectedExecutionException.class);
        Scripted.get(source.cancelled);
    }

    @Test
    void an_executor_that_takes_no_more_wakes_a_reader() throws Exception {
        GatewayHttpClient client = GatewayHttpClient.builder(Scripted.answering(Scripted.stream(source)))
                .executor(executor)
                .build();
        HttpResponse<InputStream> response = client.send(Scripted.get(), BodyHandlers.ofInputStream());
        executor.shutdown();
        CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> {
            try {
                return response.body().readAllBytes().length;
            } catch (java.io.IOException e) {
                return -1;
            }
        });
        source.send("a");
        assertThat(Scripted.get(read)).isEqualTo(-1);
        Scripted.get(source.cancelled);
    }
}
