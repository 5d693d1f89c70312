package io.ccflare.api.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException.Phase;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class UpstreamCallTest {

    private static final Headers HEADERS = Headers.of("x-a", "b");

    private final HeldCall call = new HeldCall();
    private final Body body = new Body();

    @Test
    void eitherKindOfCancelAbandonsTheCallOnce() {
        for (boolean interrupt : new boolean[] {true, false}) {
            HeldCall cancelled = new HeldCall();
            assertThat(cancelled.cancel(interrupt)).isTrue();
            assertThat(cancelled.cancel(interrupt)).isTrue();
            assertThat(cancelled).isCancelled();
            assertThat(cancelled.abandoned.availablePermits()).isEqualTo(1);
        }
    }

    @Test
    void aTimeOutAbandonsTheCall() throws Exception {
        call.orTimeout(1, TimeUnit.MILLISECONDS);
        assertThat(call.abandoned.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(call)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void whoeverCompletesItAbandonsTheCall() throws Exception {
        HeldCall failed = new HeldCall();
        failed.completeExceptionally(new IllegalStateException("enough"));
        assertThat(failed.abandoned.availablePermits()).isEqualTo(1);
        HeldCall given = new HeldCall();
        given.complete(null);
        assertThat(given.abandoned.availablePermits()).isEqualTo(1);
        HeldCall later = new HeldCall();
        later.completeAsync(() -> null, Runnable::run);
        assertThat(later.abandoned.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void cancellingWhatIsDerivedFromItAtAnyRemoveCancelsTheCall() {
        List<Function<CompletableFuture<UpstreamResponse>, CompletableFuture<?>>> ways = List.of(
                CompletableFuture::copy,
                first -> first.thenApply(UpstreamResponse::status),
                first -> first.thenCompose(r -> new CompletableFuture<>()).thenApply(Object::toString),
                first -> first.handle((r, e) -> r).whenComplete((r, e) -> {}).thenRun(() -> {}));
        for (Function<CompletableFuture<UpstreamResponse>, CompletableFuture<?>> way : ways) {
            for (boolean interrupt : new boolean[] {true, false}) {
                HeldCall cancelled = new HeldCall();
                assertThat(way.apply(cancelled).cancel(interrupt)).isTrue();
                assertThat(cancelled).isCancelled();
                assertThat(cancelled.abandoned.availablePermits()).isEqualTo(1);
            }
        }
    }

    @Test
    void completingWhatIsDerivedFromItLeavesTheCallAlone() {
        call.thenApply(UpstreamResponse::status).complete(1);
        call.copy().completeExceptionally(new IllegalStateException("enough"));
        assertThat(call).isNotDone();
        assertThat(call.abandoned.availablePermits()).isZero();
    }

    @Test
    void anAnswerIsHandedOverAsItIs() throws Exception {
        assertThat(call.answered(201, HEADERS, body)).isTrue();
        UpstreamResponse response = call.get();
        assertThat(response.status()).isEqualTo(201);
        assertThat(response.headers()).isSameAs(HEADERS);
        assertThat(response.body()).isSameAs(body);
        assertThat(response).hasToString("UpstreamResponse[201]");
        assertThat(body.closed.availablePermits()).isZero();
        response.close();
        assertThat(body.closed.availablePermits()).isEqualTo(1);
        assertThat(call.cancel(true)).isFalse();
        assertThat(call.abandoned.availablePermits()).isZero();
    }

    @Test
    void aFailureIsToldAndAbandonsNothing() {
        TransportException error = new TransportException(Phase.CONNECT, "refused", null);
        assertThat(call.failed(error)).isTrue();
        assertThatThrownBy(call::get).hasCause(error);
        assertThat(call.abandoned.availablePermits()).isZero();
    }

    @Test
    void anAnswerThatComesTooLateIsClosed() {
        call.cancel(false);
        assertThat(call.answered(200, HEADERS, body)).isFalse();
        assertThat(body.closed.availablePermits()).isEqualTo(1);
        assertThat(call).isCancelled();
    }

    @Test
    void aFailureThatComesTooLateChangesNothing() {
        call.cancel(false);
        assertThat(call.failed(new TransportException(Phase.EXCHANGE, "reset", null)))
                .isFalse();
        assertThat(call).isCancelled();
        assertThat(call.abandoned.availablePermits()).isEqualTo(1);
    }

    @Test
    void cancellingADependentThatStillWaitsClosesAnAnswerNobodyReads() {
        CompletableFuture<Integer> waiting = call.thenCombine(new CompletableFuture<>(), (r, other) -> r.status());
        CompletableFuture<Integer> done = call.thenApply(UpstreamResponse::status);
        call.answered(200, HEADERS, body);
        assertThat(done.cancel(true)).isFalse();
        assertThat(body.closedUnread.availablePermits()).isZero();
        assertThat(waiting.cancel(false)).isTrue();
        assertThat(body.closedUnread.availablePermits()).isEqualTo(1);
        assertThat(body.closed.availablePermits()).isZero();
    }

    @Test
    void cancellingADependentOfACallThatFailedChangesNothing() {
        CompletableFuture<Object> waiting = call.handle((r, e) -> r).thenCompose(r -> new CompletableFuture<>());
        TransportException error = new TransportException(Phase.CONNECT, "refused", null);
        call.failed(error);
        assertThat(waiting.cancel(true)).isTrue();
        assertThatThrownBy(call::get).hasCause(error);
    }

    @Test
    void whatIsMissingIsRefusedAndTheCallStaysOpen() {
        assertThatThrownBy(() -> call.answered(200, null, body)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> call.answered(200, HEADERS, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> call.failed(null)).isInstanceOf(NullPointerException.class);
        assertThat(call).isNotDone();
        call.cancel(true);
        assertThat(call.abandoned.availablePermits()).isEqualTo(1);
    }

    /** A call that a test plays. */
    private static final class HeldCall extends UpstreamCall {

        final Semaphore abandoned = new Semaphore(0);

        @Override
        protected void abandoned() {
            abandoned.release();
        }
    }

    /** Counts how it is given up. */
    private static final class Body implements UpstreamCall.Content {

        final Semaphore closed = new Semaphore(0);
        final Semaphore closedUnread = new Semaphore(0);

        @Override
        public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
            throw new AssertionError("nobody reads");
        }

        @Override
        public void close() {
            closed.release();
        }

        @Override
        public void closeUnread() {
            closedUnread.release();
        }
    }
}
