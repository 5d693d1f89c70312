package io.ccflare.api.transport;

import java.util.concurrent.CompletableFuture;

/**
 * Sends prepared bytes and gives back status, headers and body; no policy. Redirects are not followed, nothing is retried,
 * decoded or added beyond {@code Host} and framing.
 *
 * <p>Thread-safe. A transport never blocks a caller and never rejects a call for want of threads.
 *
 * @since 1.0
 */
public interface Transport extends AutoCloseable {

    /**
     * Sends one request.
     *
     * <p>The future completes as soon as status and headers are there. It fails with a {@link TransportException} whose phase
     * tells whether the request may have left. {@code cancel} on it, with either flag, ends the call at whatever point it is and closes
     * its connection; if the response is there already, {@link UpstreamResponse#close()} is the way. There is no time-out of its own
     * but that for connecting: the gateway watches the clock and cancels. A future that is an {@link UpstreamCall} keeps its side of
     * this.
     *
     * <p>Callbacks may run on a thread of the transport and must not block.
     */
    CompletableFuture<UpstreamResponse> send(UpstreamRequest request);

    /** Ends all calls under way and gives back threads and connections. Idempotent; may block for a short, bounded time. */
    @Override
    void close();
}
