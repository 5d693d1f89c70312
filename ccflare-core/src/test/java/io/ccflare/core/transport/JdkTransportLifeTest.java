package io.ccflare.core.transport;

import static io.ccflare.core.transport.ScriptedServer.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
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

    private static final String ENDLESS = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";

    private final JdkTransport transport = JdkTransport.create();
    private final Semaphore requests = new Semaphore(0);
    private final Semaphore closedByClient = new Semaphore(0);
    private final CompletableFuture<Void> goOn = new CompletableFuture<>();
    private ScriptedServer silent;
    private ScriptedServer streaming;

    @BeforeEach
    void start() throws IOException {
        silent = new ScriptedServer(connection -> {
            if (connection.read() != null) {
                requests.release();
            }
            connection.awaitClosedByClient();
            closedByClient.release();
        });
        streaming = new ScriptedServer(connection -> {
            connection.read();
            requests.release();
            connection.write(ENDLESS);
            connection.awaitClosedByClient();
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
                post(silent).thenCompose(r -> BodyReader.all(r).done).thenApply(String::trim);
        await(requests);
        call.cancel(false);
        await(closedByClient);
    }

    @Test
    void aTimeOutOrACompletionFromOutsideClosesTheConnection() throws Exception {
        CompletableFuture<UpstreamResponse> timed = post(silent);
        await(requests);
        timed.orTimeout(1, TimeUnit.MILLISECONDS);
        await(closedByClient);
        assertThatThrownBy(() -> get(timed)).hasCauseInstanceOf(TimeoutException.class);
        CompletableFuture<UpstreamResponse> completed = post(silent);
        await(requests);
        completed.completeExceptionally(new IllegalStateException("enough"));
        await(closedByClient);
    }

    @Test
    void cancellingADependentThatStillWaitsClosesAResponseNobodyReads() throws Exception {
        CompletableFuture<UpstreamResponse> call = post(streaming);
        CompletableFuture<Void> after = call.thenCombine(goOn, (response, ignored) -> null);
        get(call);
        after.cancel(true);
        await(closedByClient);
    }

    @Test
    void aCallThatWaitsForItsTurnGoesUpWhenTheOneBeforeItIsOver() throws Exception {
        try (JdkTransport one = JdkTransport.builder().http2(1).build()) {
            CompletableFuture<UpstreamResponse> first = one.send(request(streaming));
            get(first);
            await(requests);
            CompletableFuture<UpstreamResponse> cancelled = one.send(request(streaming));
            CompletableFuture<UpstreamResponse> elsewhere = one.send(request(silent));
            CompletableFuture<UpstreamResponse> second = one.send(request(streaming));
            await(requests);
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
        await(requests);
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

    private static void await(Semaphore semaphore) throws InterruptedException {
        assertThat(semaphore.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }

    private CompletableFuture<UpstreamResponse> post(ScriptedServer server) {
        return transport.send(request(server));
    }

    private static UpstreamRequest request(ScriptedServer server) {
        UpstreamBody body = new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})), 2);
        return new UpstreamRequest("POST", server.origin(), "/v1/messages", Headers.empty(), body);
    }
}
