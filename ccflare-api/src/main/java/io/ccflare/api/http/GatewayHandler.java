package io.ccflare.api.http;

import java.util.concurrent.CompletableFuture;

/**
 * The seam between a host and the gateway: one function, shaped like {@code HttpClient.sendAsync}. Adapters mount any handler;
 * callers in the same process use it with no socket between.
 *
 * <p><b>Batches.</b> Bodies are {@code Flow.Publisher<List<ByteBuffer>>}. One {@code onNext} is what arrived together; it becomes
 * one write and one flush downstream. Nothing is handed over without demand, in either direction.
 *
 * <p><b>Ownership.</b> A buffer passed to {@code onNext} belongs to the receiver: it may be kept, it is never modified
 * afterwards, it may be read-only, and nobody asks for it back. Who pools buffers must copy.
 *
 * <p><b>Consume or close.</b> Whoever takes a {@link GatewayResponse} subscribes to its body once, or closes it.
 *
 * <p><b>Broken bodies.</b> {@code onComplete} means that the body is whole; {@code onError} means that it broke off, and a host must make
 * that visible by aborting its connection rather than ending it.
 *
 * @since 1.0
 */
@FunctionalInterface
public interface GatewayHandler {

    /**
     * Answers one request. Thread-safe; never blocks; returns at once.
     *
     * <p>Whatever can be told in HTTP comes as a response, in the dialect of the route, errors too. The future fails only when
     * it was cancelled ({@link java.util.concurrent.CancellationException}), or with the cause when the handler itself is broken.
     *
     * <p><b>Cancellation.</b> The future is of the gateway's own kind. Cancelling it, or any future derived from it, with either
     * flag, ends the work for this request all the way to the upstream connection, and closes a response that nobody has
     * taken. Completing it from outside is refused: {@code complete} and {@code completeExceptionally} return false. Once the
     * response is there, cancelling the subscription of its body (or closing it) is the way.
     *
     * <p>The future may complete on a thread of the transport: stages that block need an executor of their own.
     *
     * @param request the request; its body is subscribed at most once
     * @return the response; never null
     */
    CompletableFuture<GatewayResponse> handle(GatewayRequest request);
}
