package io.ccflare.core.json;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Checks one fixed word, across any number of segments. */
final class LiteralReader {

    enum Word {
        TRUE("true".getBytes(US_ASCII)),
        FALSE("false".getBytes(US_ASCII)),
        NULL("null".getBytes(US_ASCII)),
        BYTE_ORDER_MARK(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf});

        private final byte[] bytes;

        Word(byte[] bytes) {
            this.bytes = bytes;
        }

        byte first() {
            return bytes[0];
        }
    }

    private Word word = Word.NULL;
    private int matched;

    void begin(Word expected) {
        word = expected;
        matched = 0;
    }

    /** The word read last. */
    Word word() {
        return word;
    }

    /** Goes on with the word at {@code from}; results as those of {@link StringReader#read}. */
    int read(byte[] bytes, int from, int end) {
        byte[] expected = word.bytes;
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
