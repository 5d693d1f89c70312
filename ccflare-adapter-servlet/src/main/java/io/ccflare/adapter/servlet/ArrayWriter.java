package io.ccflare.adapter.servlet;

import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Servlet 6.0 takes arrays only: buffers that show none are copied, all of a batch through one array. */
final class ArrayWriter {

    private static final int LARGEST_WRITE = 32 * 1024;

    private byte @Nullable [] copy;

    /** How much of a buffer the next write takes. */
    static int next(ByteBuffer buffer) {
        return Math.min(buffer.remaining(), LARGEST_WRITE);
    }

    void write(ByteBuffer buffer, int count, List<ByteBuffer> batch, ServletOutputStream to) throws IOException {
        if (buffer.hasArray()) {
            int from = buffer.arrayOffset() + buffer.position();
            buffer.position(buffer.position() + count);
            to.write(buffer.array(), from, count);
            return;
        }
        byte[] array = copy;
        if (array == null) {
            int largest = batch.stream().mapToInt(ByteBuffer::remaining).max().orElse(count);
            array = new byte[Math.min(largest, LARGEST_WRITE)];
            copy = array;
        }
        buffer.get(array, 0, count);
        to.write(array, 0, count);
    }

    /** The array belongs to a batch and is dropped with it. */
    void endBatch() {
        copy = null;
    }
}
