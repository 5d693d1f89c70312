package io.ccflare.core.json;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hands the remaining bytes of any buffer to a {@link ByteConsumer} and leaves position and limit alone.
 *
 * <p>A buffer with an accessible array is lent as it is. Others (direct ones, and the read-only ones that the JDK's HTTP client delivers)
 * are copied in pieces of {@value #CHUNK} bytes at most into one array of the reader's own, as large as the largest piece so far. Copying within the
 * first-level cache costs less than a scan whose every access has to ask what kind of buffer it is. Not thread-safe.
 *
 * @since 1.0
 */
public final class BufferReader {

    private static final int CHUNK = 2048;

    private byte @Nullable [] chunk;

    public void read(ByteBuffer buffer, ByteConsumer consumer) {
        int position = buffer.position();
        int limit = buffer.limit();
        if (buffer.hasArray()) {
            int offset = buffer.arrayOffset();
            consumer.feed(buffer.array(), offset + position, offset + limit);
            return;
        }
        int piece = Math.min(CHUNK, limit - position);
        byte[] chunk = this.chunk;
        if (chunk == null || chunk.length < piece) {
            chunk = new byte[chunk == null ? Math.max(CHUNK / 8, piece) : CHUNK];
            this.chunk = chunk;
        }
        for (int at = position; at < limit; at += CHUNK) {
            int length = Math.min(CHUNK, limit - at);
            buffer.get(at, chunk, 0, length);
            consumer.feed(chunk, 0, length);
        }
    }
}
