package io.ccflare.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What JDK 21 and newer say of the life of a client, on every JDK; and what a client says of itself. */
class LifecycleTest {

    private static final Duration LONG = Duration.ofSeconds(10);

    private final Scripted gateway = Scripted.waiting();
    private final Source source = new Source();
    private final GatewayHttpClient client = gateway.client();

    @Test
    void after_a_shutdown_there_are_no_new_calls() {
        client.shutdown();
        assertThat(client.isTerminated()).isTrue();
        assertThatThrownBy(() -> client.send(Scripted.get(), BodyHandlers.discarding()))
                .isInstanceOf(IOException.class)
                .hasMessage("closed");
        assertThat(client.sendAsync(Scripted.get(), BodyHandlers.discarding())).isCompletedExceptionally();
        assertThat(gateway.untouched()).isTrue();
        client.close();
    }

    /** The moment between the client's own look and the call's entry, which no test can hit from outside. */
    @Test
    void a_call_that_meets_a_shutdown_on_its_way_in_is_refused() {
        OpenCalls open = new OpenCalls();
        Call<Void> call = new Call<>(Scripted.get(), BodyHandlers.discarding(), open, Runnable::run);
        open.shut();
        assertThatThrownBy(() -> open.enter(call))
                .isInstanceOf(IOException.class)
                .hasMessage("closed");
        assertThat(open.isTerminated()).isTrue();
    }

    @Test
    void calls_under_way_go_on_to_the_end_of_their_bodies() throws Exception {
        CompletableFuture<HttpResponse<InputStream>> future =
                client.sendAsync(Scripted.get(), BodyHandlers.ofInputStream());
        client.shutdown();
        assertThat(client.isTerminated()).isFalse();
        gateway.asked().answer().complete(Scripted.stream(source));
        InputStream body = Scripted.get(future).body();
        assertThat(client.awaitTermination(Duration.ofMillis(1))).isFalse();
        source.send("end").complete();
        assertThat(client.awaitTermination(LONG)).isTrue();
        assertThat(body.readAllBytes()).hasSize(3);
    }

    @Test
    void nothing_terminates_that_was_not_shut_down() throws Exception {
        CompletableFuture<HttpResponse<String>> future = client.sendAsync(Scripted.get(), BodyHandlers.ofString());
        gateway.asked().answer().complete(Scripted.text(200, ""));
        Scripted.get(future);
        assertThat(client.awaitTermination(Duration.ofMillis(1))).isFalse();
        assertThat(client.isTerminated()).isFalse();
    }

    @Test
    void every_end_of_a_call_counts_as_one() throws Exception {
        CompletableFuture<HttpResponse<String>> cancelled = client.sendAsync(Scripted.get(), BodyHandlers.ofString());
        cancelled.cancel(true);
        gateway.asked();
        CompletableFuture<HttpResponse<String>> failed = client.sendAsync(Scripted.get(), BodyHandlers.ofString());
        gateway.asked().answer().completeExceptionally(new IOException("no"));
        assertThatThrownBy(() -> Scripted.get(failed)).hasMessageContaining("no");
        CompletableFuture<HttpResponse<InputStream>> closed =
                client.sendAsync(Scripted.get(), BodyHandlers.ofInputStream());
        gateway.asked().answer().complete(Scripted.stream(source));
        Scripted.get(closed).body().close();
        client.shutdown();
        assertThat(client.awaitTermination(LONG)).isTrue();
    }

    @Test
    void a_shutdown_at_once_breaks_calls_and_bodies_off() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting = client.sendAsync(Scripted.get(), BodyHandlers.ofString());
        Scripted.Asked asked = gateway.asked();
        CompletableFuture<HttpResponse<InputStream>> streaming =
                client.sendAsync(Scripted.get(), BodyHandlers.ofInputStream());
        gateway.asked().answer().complete(Scripted.stream(source));
        InputStream body = Scripted.get(streaming).body();
        client.shutdownNow();
        assertThatThrownBy(() -> Scripted.get(waiting)).hasCauseInstanceOf(IOException.class);
        assertThat(asked.answer()).isCancelled();
        assertThatThrownBy(body::readAllBytes)
                .isInstanceOf(IOException.class)
                .hasStackTraceContaining("the client was shut down");
        Scripted.get(source.cancelled);
        assertThat(client.awaitTermination(LONG)).isTrue();
    }

    @Test
    void close_waits_for_calls_unless_it_is_interrupted() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting = client.sendAsync(Scripted.get(), BodyHandlers.ofString());
        Thread.currentThread().interrupt();
        client.close();
        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        assertThatThrownBy(() -> Scripted.get(waiting)).hasCauseInstanceOf(IOException.class);
        assertThat(client.isTerminated()).isTrue();
    }

    @Test
    void what_depends_on_a_call_may_close_the_client() throws Exception {
        CompletableFuture<Void> closed =
                client.sendAsync(Scripted.get(), BodyHandlers.ofString()).thenRun(client::close);
        gateway.asked().answer().complete(Scripted.text(200, "a"));
        Scripted.get(closed);
        GatewayHttpClient another = gateway.client();
        CompletableFuture<Void> closedToo = another.sendAsync(Scripted.get(), BodyHandlers.ofString())
                .handle((response, failure) -> {
                    another.close();
                    return null;
                });
        gateway.asked().answer().complete(Scripted.stream(source));
        source.send("a").fail(new IOException("reset"));
        Scripted.get(closedToo);
    }

    @Test
    void without_a_delegate_it_has_nothing_of_a_network() {
        assertThat(client.connectTimeout()).isEmpty();
        assertThat(client.cookieHandler()).isEmpty();
        assertThat(client.proxy()).isEmpty();
        assertThat(client.authenticator()).isEmpty();
        assertThat(client.executor()).isEmpty();
        assertThat(client.followRedirects()).isEqualTo(HttpClient.Redirect.NEVER);
        assertThat(client.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(client.sslContext()).isNotNull();
        assertThat(client.sslParameters()).isNotNull();
        assertThatThrownBy(client::newWebSocketBuilder).isInstanceOf(UnsupportedOperationException.class);
        assertThat(client).hasToString("GatewayHttpClient[http://ccflare.local:80]");
    }

    @Test
    void with_a_delegate_it_says_what_the_delegate_does() {
        HttpClient delegate = HttpClient.newBuilder()
                .connectTimeout(LONG)
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .build();
        GatewayHttpClient both =
                GatewayHttpClient.builder(gateway).delegate(delegate).build();
        assertThat(both.connectTimeout()).contains(LONG);
        assertThat(both.followRedirects()).isEqualTo(HttpClient.Redirect.ALWAYS);
        assertThat(both.version()).isEqualTo(delegate.version());
        assertThat(both.sslContext()).isSameAs(delegate.sslContext());
        assertThat(both.sslParameters().getProtocols())
                .isEqualTo(delegate.sslParameters().getProtocols());
        assertThat(both.cookieHandler()).isEmpty();
        assertThat(both.proxy()).isEqualTo(delegate.proxy());
        assertThat(both.authenticator()).isEmpty();
        assertThat(both.newWebSocketBuilder()).isNotNull();
    }
}
