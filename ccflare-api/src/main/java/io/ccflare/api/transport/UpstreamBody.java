package io.ccflare.api.transport;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;

/**
 * The body of a request on its way up.
 *
 * @since 1.0
 */
public sealed interface UpstreamBody {

    /** How many bytes; -1 when that is not known. */
    long length();

    /** No body at all: neither content nor a {@code Content-Length} of the gateway's making. */
    record None() implements UpstreamBody {
        @Override
        public long length() {
            return 0;
        }
    }

    /**
     * A body that is in memory and may be sent again.
     *
     * @param buffers its bytes in order; whoever reads them works on duplicates
     * @param length their sum
     */
    record Gathered(List<ByteBuffer> buffers, long length) implements UpstreamBody {
        public Gathered {
            buffers = List.copyOf(buffers);
        }
    }

    /**
     * A body that passes through once.
     *
     * @param publisher subscribed at most once
     * @param length in bytes; -1 when not known
     */
    record Streamed(Flow.Publisher<List<ByteBuffer>> publisher, long length) implements UpstreamBody {
        public Streamed {
            Objects.requireNonNull(publisher, "publisher");
        }
    }
}
