package io.ccflare.adapter.vertx.transport;

import static io.ccflare.adapter.vertx.transport.ScriptedServer.get;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How calls and transports end before their time. */
class VertxTransportLifeTest {

    private static final String ENDLESS = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";

    private static final io.vertx.core.Vertx VERTX = io.vertx.core.Vertx.vertx();
    private final VertxTransport transport = VertxTransport.create(VERTX);
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancellingBeforeTheStatusClosesTheConnection(boolean interrupt) throws Exception {
        CompletableFuture<UpstreamResponse> call = post(silent);
        await(requests);
        assertThat(call.cancel(interrupt)).isTrue();
        await(closedByClient);
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
    void cancellingAtAnyMomentLeaksNoConnection() throws Exception {
        List<CompletableFuture<UpstreamResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            CompletableFuture<UpstreamResponse> call = post(streaming);
            calls.add(call);
            if (i % 3 == 0) {
                await(requests);
            }
            for (int spin = 0; spin < (i % 20) * 2_000; spin++) {
                Thread.onSpinWait();
            }
            if (!call.cancel(i % 2 == 0)) {
                get(call).close();
            }
        }
        waitUntil(() -> closedByClient.availablePermits() == streaming.accepted());
        assertThat(calls).allMatch(CompletableFuture::isDone);
    }

    @Test
    void closingAnUnreadResponseClosesTheConnectionAndRefusesReaders() throws Exception {
        UpstreamResponse response = get(post(streaming));
        response.close();
        response.close();
        await(closedByClient);
        assertThatThrownBy(() -> get(BodyReader.all(response).done)).hasCauseInstanceOf(IllegalStateException.class);
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
    void endingAStreamUnderWayClosesTheConnectionInSilence() throws Exception {
        List<Consumer<BodyReader>> ways = List.of(reader -> reader.subscription.cancel(), reader -> {});
        for (Consumer<BodyReader> way : ways) {
            UpstreamResponse response = get(post(streaming));
            BodyReader reader = BodyReader.all(response);
            assertThat(reader.next()).isEqualTo("abc");
            way.accept(reader);
            response.close();
            await(closedByClient);
            reader.subscription.request(1);
            assertThat(reader.done).isNotDone();
        }
    }

    @Test
    void oneHundredStreamsRunAtATime() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            connection.chunk("one");
            requests.release();
            get(goOn);
            connection.chunk("two");
            connection.write("0\r\n\r\n");
        })) {
            List<BodyReader> readers = new ArrayList<>();
            List<CompletableFuture<UpstreamResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                calls.add(post(server));
            }
            for (CompletableFuture<UpstreamResponse> call : calls) {
                readers.add(BodyReader.all(get(call)));
            }
            for (BodyReader reader : readers) {
                assertThat(reader.next()).isEqualTo("one");
            }
            assertThat(server.accepted()).isEqualTo(100);
            goOn.complete(null);
            for (BodyReader reader : readers) {
                assertThat(get(reader.done)).isEqualTo("onetwo");
                assertThat(reader.signalsAfterEnd).hasValue(0);
            }
        }
    }

    @Test
    void closingTheTransportEndsEveryCallAndItsThreads() throws Exception {
        VertxTransport closing = VertxTransport.create(VERTX);
        BodyReader reading = BodyReader.all(get(closing.send(request(streaming))));
        assertThat(reading.next()).isEqualTo("abc");
        UpstreamResponse unread = get(closing.send(request(streaming)));
        CompletableFuture<UpstreamResponse> waiting = closing.send(request(silent));
        requests.acquire(3);

        closing.close();
        closing.close();

        closedByClient.acquire(3);
        assertFailed(reading.done, Phase.BODY);
        assertFailed(BodyReader.all(unread).done, Phase.BODY);
        assertFailed(waiting, Phase.EXCHANGE);
        assertFailed(closing.send(request(silent)), Phase.CONNECT);
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

    private static void waitUntil(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private CompletableFuture<UpstreamResponse> post(ScriptedServer server) {
        return transport.send(request(server));
    }

    private static UpstreamRequest request(ScriptedServer server) {
        UpstreamBody body = new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})), 2);
        return new UpstreamRequest("POST", server.origin(), "/v1/messages", Headers.empty(), body);
    }
}
