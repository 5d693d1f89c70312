package io.ccflare.core.json;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Checks one fixed word, across any number of segments. */
final class LiteralReader {

    static final byte[] TRUE = "true".getBytes(US_ASCII);
    static final byte[] FALSE = "false".getBytes(US_ASCII);
    static final byte[] NULL = "null".getBytes(US_ASCII);
    static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private byte[] expected = NULL;
    private int matched;

    void begin(byte[] word) {
        expected = word;
        matched = 0;
    }

    /** Whether the word read last is this one of the constants. */
    boolean is(byte[] word) {
        return expected == word;
    }

    /** Goes on with the word at {@code from}; results as those of {@link StringReader#read}. */
    int read(byte[] bytes, int from, int end) {
        int stop = Math.min(end, from + expected.length - matched);
        for (int i = from; i < stop; i++) {
            if (bytes[i] != expected[matched + i - from]) {
                return StringReader.damageAt(i);
            }
        }
        matched += stop - from;
        return matched == expected.length ? stop : StringReader.MORE;
    }
}
