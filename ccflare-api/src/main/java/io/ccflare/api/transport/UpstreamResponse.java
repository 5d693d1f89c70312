package io.ccflare.api.transport;

import io.ccflare.api.http.Headers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * An upstream's answer: status and headers, and a body that is still to come. Thread-safe.
 *
 * @since 1.0
 */
public interface UpstreamResponse extends AutoCloseable {

    int status();

    /** As received, with the upstream's own framing headers; names may have lost their spelling. */
    Headers headers();

    /**
     * The body, subscribed at most once. Buffers become the receiver's and may be read-only. {@code onComplete} means that the body
     * ended as its framing says, {@code onError} with a {@link TransportException} of phase {@code BODY} that it did not. Cancelling the
     * subscription ends the call: an HTTP/1.1 connection is closed, an HTTP/2 stream reset.
     */
    Flow.Publisher<List<ByteBuffer>> body();

    /** Gives up a response whose body nobody subscribed to, or cancels the one under way. Idempotent; does not block. */
    @Override
    void close();
}
