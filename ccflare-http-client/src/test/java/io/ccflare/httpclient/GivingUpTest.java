package io.ccflare.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.GatewayResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever wants the response no more ends the call as far as the gateway. */
class GivingUpTest {

    private final Scripted gateway = Scripted.waiting();
    private final Source source = new Source();

    private CompletableFuture<HttpResponse<String>> sent() {
        return gateway.client().sendAsync(Scripted.get(), BodyHandlers.ofString());
    }

    private GatewayHttpClient streaming() {
        return Scripted.answering(Scripted.stream(source)).client();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelling_the_future_reaches_the_gateway(boolean interrupting) throws Exception {
        CompletableFuture<HttpResponse<String>> future = sent();
        assertThat(future.cancel(interrupting)).isTrue();
        assertThat(gateway.asked().answer()).isCancelled();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelling_what_is_derived_from_it_does_too(boolean interrupting) throws Exception {
        CompletableFuture<Integer> derived = sent().thenApply(HttpResponse::body)
                .thenCompose(CompletableFuture::completedFuture)
                .thenApply(String::length);
        assertThat(derived.cancel(interrupting)).isTrue();
        assertThat(gateway.asked().answer()).isCancelled();
    }

    @Test
    void a_time_out_of_the_future_does_too() throws Exception {
        CompletableFuture<String> derived = sent().thenApply(HttpResponse::body).orTimeout(1, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> Scripted.get(derived)).isNotNull();
        CompletableFuture<GatewayResponse> answer = gateway.asked().answer();
        assertThatThrownBy(() -> Scripted.get(answer)).isInstanceOf(java.util.concurrent.CancellationException.class);
    }

    @Test
    void completing_the_future_from_outside_does_too() throws Exception {
        CompletableFuture<HttpResponse<String>> future = sent();
        assertThat(future.completeExceptionally(new IllegalStateException("no more")))
                .isTrue();
        assertThat(gateway.asked().answer()).isCancelled();
        assertThatThrownBy(() -> future.obtrudeException(new IOException()))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_response_that_comes_too_late_is_closed() throws Exception {
        CompletableFuture<GatewayResponse> deaf = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean interrupting) {
                return false;
            }
        };
        CompletableFuture<HttpResponse<String>> future =
                GatewayHttpClient.builder(request -> deaf).build().sendAsync(Scripted.get(), BodyHandlers.ofString());
        future.cancel(true);
        deaf.complete(Scripted.stream(source));
        Scripted.get(source.cancelled);
        assertThat(source.asked).hasValue(0);
    }

    @Test
    void cancelling_while_the_body_comes_ends_the_body() throws Exception {
        CompletableFuture<HttpResponse<String>> future = streaming().sendAsync(Scripted.get(), BodyHandlers.ofString());
        source.send("a");
        future.cancel(true);
        Scripted.get(source.cancelled);
    }

    @Test
    void cancelling_what_reads_the_body_ends_the_body_and_wakes_the_reader() throws Exception {
        CompletableFuture<Throwable> met = new CompletableFuture<>();
        CompletableFuture<Integer> begun = new CompletableFuture<>();
        CompletableFuture<Void> derived = gateway.client()
                .sendAsync(Scripted.get(), BodyHandlers.ofInputStream())
                .thenAccept(response -> {
                    try (InputStream body = response.body()) {
                        begun.complete(body.read());
                        body.readAllBytes();
                    } catch (IOException e) {
                        met.complete(e);
                    }
                });
        gateway.asked().answer().complete(Scripted.stream(source));
        source.send("a");
        Scripted.get(begun);
        derived.cancel(true);
        Scripted.get(source.cancelled);
        assertThat(Scripted.get(met)).hasStackTraceContaining("cancelled");
    }

    @Test
    void closing_the_input_stream_ends_the_body() throws Exception {
        HttpResponse<InputStream> response = streaming().send(Scripted.get(), BodyHandlers.ofInputStream());
        source.send("ab");
        assertThat(response.body().read()).isEqualTo('a');
        response.body().close();
        Scripted.get(source.cancelled);
    }

    @Test
    void cancelling_the_subscription_ends_the_body_and_nothing_more_is_told() throws Exception {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                streaming().send(Scripted.get(), BodyHandlers.ofPublisher());
        StringBuffer told = new StringBuffer();
        response.body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(1);
                subscription.cancel();
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                told.append("next");
            }

            @Override
            public void onError(Throwable cause) {
                told.append(cause);
            }

            @Override
            public void onComplete() {
                told.append("complete");
            }
        });
        Scripted.get(source.cancelled);
        source.fail(new IOException("late"));
        assertThat(told).isEmpty();
    }

    @Test
    void an_interrupt_ends_a_call_that_waits() throws Exception {
        Thread waiting = Thread.currentThread();
        CompletableFuture<Void> interrupted = CompletableFuture.runAsync(() -> {
            try {
                gateway.asked();
                waiting.interrupt();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        GatewayHttpClient client = GatewayHttpClient.builder(request -> {
                    CompletableFuture<GatewayResponse> answer = gateway.handle(request);
                    answer.whenComplete((response, failure) -> source.cancelled.complete(null));
                    return answer;
                })
                .build();
        assertThatThrownBy(() -> client.send(Scripted.get(), BodyHandlers.ofString()))
                .isInstanceOf(InterruptedException.class);
        Scripted.get(interrupted);
        Scripted.get(source.cancelled);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void a_thread_that_is_interrupted_already_does_not_call() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> gateway.client().send(Scripted.get(), BodyHandlers.ofString()))
                .isInstanceOf(InterruptedException.class);
        assertThat(gateway.untouched()).isTrue();
    }

    private static HttpRequest within(Duration timeout) {
        return HttpRequest.newBuilder(Scripted.MESSAGES).timeout(timeout).build();
    }

    @Test
    void headers_that_do_not_come_in_time_end_the_call() throws Exception {
        GatewayHttpClient client = gateway.client();
        assertThatThrownBy(() -> client.send(within(Duration.ofMillis(1)), BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessage("request timed out");
        assertThat(gateway.asked().answer()).isCancelled();
        CompletableFuture<HttpResponse<String>> future =
                client.sendAsync(within(Duration.ofMillis(1)), BodyHandlers.ofString());
        assertThatThrownBy(() -> Scripted.get(future)).hasCauseInstanceOf(HttpTimeoutException.class);
        assertThat(gateway.asked().answer()).isCancelled();
    }

    @Test
    void a_body_may_take_longer_than_the_time_out() throws Exception {
        Duration timeout = Duration.ofMillis(300);
        HttpResponse<InputStream> response = streaming().send(within(timeout), BodyHandlers.ofInputStream());
        assertThatThrownBy(() -> gateway.client().send(within(timeout), BodyHandlers.ofString()))
                .as("another, sent later, has timed out by now")
                .isInstanceOf(HttpTimeoutException.class);
        CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> {
            try {
                return response.body().readAllBytes();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        source.send("late").complete();
        assertThat(new String(Scripted.get(read), StandardCharsets.UTF_8)).isEqualTo("late");
        assertThat(source.cancelled).isNotDone();
    }
}
