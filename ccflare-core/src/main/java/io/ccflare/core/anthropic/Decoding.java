package io.ccflare.core.anthropic;

import io.ccflare.api.http.Headers;
import io.ccflare.core.json.BufferReader;
import io.ccflare.core.json.ByteConsumer;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Hands the content of a body to a consumer, a {@code Content-Encoding} undone. The body itself is only looked at. Never throws.
 *
 * <p>A body that begins with gzip's first byte is taken for gzip even if no header says so: some edges of the API have done that, and
 * neither JSON nor an event stream can begin with it.
 */
final class Decoding {

    private static final byte GZIP_MARK = 0x1f;

    private final BufferReader reader = new BufferReader();
    private final ByteConsumer consumer;
    private final boolean readable;
    private boolean begun;
    private @Nullable Inflation inflation;

    Decoding(Headers headers, ByteConsumer consumer) {
        this.consumer = consumer;
        String coding = coding(headers);
        boolean identity = coding.isEmpty() || coding.equals("identity");
        boolean gzip = coding.equals("gzip") || coding.equals("x-gzip");
        if (gzip || coding.equals("deflate")) {
            inflation = new Inflation(gzip, consumer);
        }
        readable = identity || inflation != null;
    }

    private static String coding(Headers headers) {
        return String.join(",", headers.all("content-encoding")).strip().toLowerCase(Locale.ROOT);
    }

    void feed(ByteBuffer buffer) {
        if (!buffer.hasRemaining() || !readable) {
            return;
        }
        if (!begun) {
            begun = true;
            if (inflation == null && buffer.get(buffer.position()) == GZIP_MARK) {
                inflation = new Inflation(true, consumer);
            }
        }
        if (inflation == null) {
            reader.read(buffer, consumer);
        } else {
            inflation.feed(buffer);
        }
    }

    /** Whether what the caller gets are the bytes that the consumer sees. */
    boolean plain() {
        return readable && inflation == null;
    }

    /** Whether nothing more can be read: an encoding that is not known, or a damaged body. */
    boolean blind() {
        return !readable || inflation != null && inflation.damaged();
    }

    /** Frees what inflating needs; otherwise the garbage collector does. */
    void close() {
        if (inflation != null) {
            inflation.close();
        }
    }
}
