package io.ccflare.core.transport;

import static io.ccflare.testkit.Waits.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import io.ccflare.testkit.transport.FarEnd;
import io.ccflare.testkit.transport.Link;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How calls end before their time in ways that the contract does not ask for, and how they wait. */
class JdkTransportLifeTest {

    private final JdkTransport transport = JdkTransport.create();
    private final Semaphore requests = new Semaphore(0);
    private final Semaphore closedByClient = new Semaphore(0);
    private final CompletableFuture<Void> goOn = new CompletableFuture<>();
    private FarEnd silent;
    private FarEnd streaming;

    @BeforeEach
    void start() throws IOException {
        silent = FarEnd.open().serve(link -> {
            link.request();
            requests.release();
            link.untilEnd();
            closedByClient.release();
        });
        streaming = FarEnd.open().serve(link -> {
            link.request();
            requests.release();
            link.write(Link.CHUNKED).chunk("abc");
            link.untilEnd();
            closedByClient.release();
        });
    }

    @AfterEach
    void stop() throws IOException {
        transport.close();
        silent.close();
        streaming.close();
    }

    @Test
    void cancellingADependentClosesTheConnection() throws Exception {
        CompletableFuture<String> call =
                post(silent).thenCompose(r -> new CompletableFuture<String>()).thenApply(String::trim);
        Waits.acquire(requests, "a request");
        call.cancel(false);
        Waits.acquire(closedByClient, "the end of the connection");
    }

    @Test
    void aTimeOutOrACompletionFromOutsideClosesTheConnection() throws Exception {
        CompletableFuture<UpstreamResponse> timed = post(silent);
        Waits.acquire(requests, "a request");
        timed.orTimeout(1, TimeUnit.MILLISECONDS);
        Waits.acquire(closedByClient, "the end of the connection");
        assertThatThrownBy(() -> get(timed)).hasCauseInstanceOf(TimeoutException.class);
        CompletableFuture<UpstreamResponse> completed = post(silent);
        Waits.acquire(requests, "a request");
        completed.completeExceptionally(new IllegalStateException("enough"));
        Waits.acquire(closedByClient, "the end of the connection");
    }

    @Test
    void cancellingADependentThatStillWaitsClosesAResponseNobodyReads() throws Exception {
        CompletableFuture<UpstreamResponse> call = post(streaming);
        CompletableFuture<Void> after = call.thenCombine(goOn, (response, ignored) -> null);
        get(call);
        after.cancel(true);
        Waits.acquire(closedByClient, "the end of the connection");
    }

    @Test
    void aCallThatWaitsForItsTurnGoesUpWhenTheOneBeforeItIsOver() throws Exception {
        try (JdkTransport one = JdkTransport.builder().http2(1).build()) {
            CompletableFuture<UpstreamResponse> first = one.send(request(streaming));
            get(first);
            Waits.acquire(requests, "a request");
            CompletableFuture<UpstreamResponse> cancelled = one.send(request(streaming));
            CompletableFuture<UpstreamResponse> elsewhere = one.send(request(silent));
            CompletableFuture<UpstreamResponse> second = one.send(request(streaming));
            Waits.acquire(requests, "a request");
            assertThat(cancelled.cancel(true)).isTrue();
            assertThat(streaming.accepted()).isEqualTo(1);
            get(first).close();
            get(second).close();
            assertThat(streaming.accepted()).isEqualTo(2);
            assertThat(elsewhere).isNotDone();
        }
    }

    @Test
    void aCallThatWaitsForItsTurnWhenTheTransportIsClosedWasNotSent() throws Exception {
        JdkTransport one = JdkTransport.builder().http2(1).build();
        CompletableFuture<UpstreamResponse> first = one.send(request(silent));
        Waits.acquire(requests, "a request");
        CompletableFuture<UpstreamResponse> second = one.send(request(silent));
        one.close();
        assertFailed(first, Phase.EXCHANGE);
        assertFailed(second, Phase.CONNECT);
        assertThat(silent.accepted()).isEqualTo(1);
        assertThatThrownBy(() -> JdkTransport.builder().http2(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertFailed(CompletableFuture<?> future, Phase phase) {
        assertThatThrownBy(() -> get(future))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("the transport was closed")
                .satisfies(e ->
                        assertThat(((TransportException) e.getCause()).phase()).isEqualTo(phase));
    }

    private CompletableFuture<UpstreamResponse> post(FarEnd server) {
        return transport.send(request(server));
    }

    private static UpstreamRequest request(FarEnd server) {
        UpstreamBody body = new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})), 2);
        return new UpstreamRequest("POST", server.origin(), "/v1/messages", Headers.empty(), body);
    }
}
