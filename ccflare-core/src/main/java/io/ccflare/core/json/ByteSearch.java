package io.ccflare.core.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds the bytes at which scanners have to stop, eight at a time.
 *
 * @since 1.0
 */
public final class ByteSearch {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private ByteSearch() {}

    /** The index of the next quote, backslash or control character (below U+0020), or {@code end}. */
    static int plainEnd(byte[] bytes, int from, int end) {
        int i = from;
        for (int last = end - Long.BYTES; i <= last; i += Long.BYTES) {
            long word = (long) LONGS.get(bytes, i);
            long quote = word ^ '"' * ONES;
            long backslash = word ^ '\\' * ONES;
            // Exact for the lowest hit: a borrow can only come from a byte that is a hit itself.
            long hits = (quote - ONES | backslash - ONES | word - ' ' * ONES) & ~word & HIGH_BITS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < end && isPlain(bytes[i])) {
            i++;
        }
        return i;
    }

    private static boolean isPlain(byte c) {
        return c != '"' && c != '\\' && (c & 0xff) >= ' ';
    }

    /** The index of the next line feed or carriage return, or {@code end}. */
    public static int lineEnd(byte[] bytes, int from, int end) {
        int i = from;
        for (int last = end - Long.BYTES; i <= last; i += Long.BYTES) {
            long word = (long) LONGS.get(bytes, i);
            long feed = word ^ '\n' * ONES;
            long carriage = word ^ '\r' * ONES;
            long hits = (feed - ONES | carriage - ONES) & ~word & HIGH_BITS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < end && bytes[i] != '\n' && bytes[i] != '\r') {
            i++;
        }
        return i;
    }
}
