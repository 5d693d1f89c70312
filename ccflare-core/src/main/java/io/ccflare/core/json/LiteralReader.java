package io.ccflare.core.json;

/** Checks one fixed word, across any number of segments. */
final class LiteralReader {

    enum Word {
        TRUE("true"),
        FALSE("false"),
        NULL("null"),
        BYTE_ORDER_MARK("\u00ef\u00bb\u00bf");

        private final String bytes; // one char each

        Word(String bytes) {
            this.bytes = bytes;
        }

        byte first() {
            return (byte) bytes.charAt(0);
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
        String expected = word.bytes;
        int stop = Math.min(end, from + expected.length() - matched);
        for (int i = from; i < stop; i++) {
            if ((bytes[i] & 0xff) != expected.charAt(matched + i - from)) {
                return StringReader.damageAt(i);
            }
        }
        matched += stop - from;
        return matched == expected.length() ? stop : StringReader.MORE;
    }
}
