package io.ccflare.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A bounded, reusable piece of UTF-8 text, whose memory grows with what it has to hold. What exceeds the capacity is dropped and remembered as {@link #truncated()}; the cut may fall
 * within a character. Bytes are kept as they came, so text that was not valid UTF-8 stays so. Not thread-safe.
 *
 * @since 1.0
 */
public final class Utf8Text {

    /** Most texts are short, and most scanners are made for one document. */
    private static final int AT_FIRST = 128;

    private final int capacity;
    private byte[] bytes;
    private int length;
    private boolean truncated;

    public Utf8Text(int capacity) {
        this.capacity = capacity;
        this.bytes = new byte[Math.min(capacity, AT_FIRST)];
    }

    public void clear() {
        length = 0;
        truncated = false;
    }

    public void append(byte[] source, int from, int to) {
        int wanted = to - from;
        int taken = Math.min(wanted, capacity - length);
        makeRoom(taken);
        System.arraycopy(source, from, bytes, length, taken);
        length += taken;
        truncated |= taken < wanted;
    }

    public void append(int b) {
        if (length < capacity) {
            makeRoom(1);
            bytes[length++] = (byte) b;
        } else {
            truncated = true;
        }
    }

    private void makeRoom(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(capacity, Math.max(length + more, 2 * bytes.length)));
        }
    }

    /** Appends one code point, which must not be a surrogate, as UTF-8. */
    public void appendCodePoint(int c) {
        if (c < 0x80) {
            append(c);
        } else if (c < 0x800) {
            append(0xc0 | (c >> 6));
            append(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            append(0xe0 | (c >> 12));
            append(0x80 | ((c >> 6) & 0x3f));
            append(0x80 | (c & 0x3f));
        } else {
            append(0xf0 | (c >> 18));
            append(0x80 | ((c >> 12) & 0x3f));
            append(0x80 | ((c >> 6) & 0x3f));
            append(0x80 | (c & 0x3f));
        }
    }

    /** The number of bytes kept. */
    public int length() {
        return length;
    }

    /** Whether the text was longer than what is kept. */
    public boolean truncated() {
        return truncated;
    }

    public byte byteAt(int index) {
        return bytes[index];
    }

    /** Whether the whole text, untruncated, is exactly these bytes. */
    public boolean contentEquals(byte[] utf8) {
        return !truncated && Arrays.equals(bytes, 0, length, utf8, 0, utf8.length);
    }

    /** Whether the text, which must be a JSON integer, fits a long. */
    boolean isLong() {
        boolean negative = length > 0 && bytes[0] == '-';
        // Nineteen digits never wrap around an unsigned long.
        return !truncated
                && length - (negative ? 1 : 0) <= 19
                && (magnitude() >= 0 || (negative && magnitude() == Long.MIN_VALUE));
    }

    /** The value of a text that {@link #isLong()}. */
    long toLong() {
        return bytes[0] == '-' ? -magnitude() : magnitude();
    }

    private long magnitude() {
        long magnitude = 0;
        for (int i = bytes[0] == '-' ? 1 : 0; i < length; i++) {
            magnitude = magnitude * 10 + bytes[i] - '0';
        }
        return magnitude;
    }

    /** What is kept, as a new string; bytes that are not UTF-8 become U+FFFD. */
    @Override
    public String toString() {
        return new String(bytes, 0, length, UTF_8);
    }
}
