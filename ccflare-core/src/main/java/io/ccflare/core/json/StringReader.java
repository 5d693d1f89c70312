package io.ccflare.core.json;

import org.jspecify.annotations.Nullable;

/** Reads or skips one string, from behind its opening quote to its closing one, across any number of segments. */
final class StringReader {

    /** Returned when the segment ended within the string. */
    static final int MORE = -1;

    private static final int NO_ESCAPE = 0;
    private static final int AFTER_BACKSLASH = 1;
    private static final int HEX = 2; // plus the number of digits read

    private static final int REPLACEMENT = 0xfffd;
    private static final byte[] ESCAPED = new byte[256];

    static {
        String letters = "\"\\/bfnrt";
        String meanings = "\"\\/\b\f\n\r\t";
        for (int i = 0; i < letters.length(); i++) {
            ESCAPED[letters.charAt(i)] = (byte) meanings.charAt(i);
        }
    }

    private int escape = NO_ESCAPE;
    private int unit;
    private int highSurrogate;

    void reset() {
        escape = NO_ESCAPE;
        highSurrogate = 0;
    }

    static int damageAt(int index) {
        return -2 - index;
    }

    /**
     * Goes on with the string at {@code i}.
     *
     * @return the index behind the closing quote, {@link #MORE}, or {@code damageAt(index of the byte that cannot stand there)}, which is
     *     its own inverse
     */
    int read(byte[] bytes, int from, int end, @Nullable Utf8Text target) {
        int i = from;
        while (true) {
            if (escape != NO_ESCAPE) {
                i = unescape(bytes, i, end, target);
                if (i < 0) {
                    return i;
                }
            }
            int stop = ByteSearch.plainEnd(bytes, i, end);
            if (target != null && stop > i) {
                endSurrogate(target);
                target.append(bytes, i, stop);
            }
            if (stop == end) {
                return MORE;
            }
            byte c = bytes[stop];
            if (c == '"') {
                if (target != null) {
                    endSurrogate(target);
                }
                return stop + 1;
            }
            if (c != '\\') {
                return damageAt(stop);
            }
            i = stop + 1;
            if (target == null && i < end && ESCAPED[bytes[i] & 0xff] != 0) {
                i++;
            } else {
                escape = AFTER_BACKSLASH;
            }
        }
    }

    /** Goes on with an escape sequence; same results as {@link #read}, except that it returns the index behind the sequence. */
    private int unescape(byte[] bytes, int from, int end, @Nullable Utf8Text target) {
        int i = from;
        while (i < end) {
            byte c = bytes[i];
            if (escape == AFTER_BACKSLASH) {
                byte meaning = ESCAPED[c & 0xff];
                if (meaning != 0) {
                    escape = NO_ESCAPE;
                    if (target != null) {
                        endSurrogate(target);
                        target.append(meaning);
                    }
                    return i + 1;
                }
                if (c != 'u') {
                    return damageAt(i);
                }
                escape = HEX;
                unit = 0;
            } else {
                int digit = c < 0 ? -1 : Character.digit(c, 16);
                if (digit < 0) {
                    return damageAt(i);
                }
                unit = unit << 4 | digit;
                if (++escape == HEX + 4) {
                    escape = NO_ESCAPE;
                    if (target != null) {
                        appendUnit(target);
                    }
                    return i + 1;
                }
            }
            i++;
        }
        return MORE;
    }

    private void appendUnit(Utf8Text target) {
        char c = (char) unit;
        if (highSurrogate != 0 && Character.isLowSurrogate(c)) {
            target.appendCodePoint(Character.toCodePoint((char) highSurrogate, c));
            highSurrogate = 0;
            return;
        }
        endSurrogate(target);
        if (Character.isHighSurrogate(c)) {
            highSurrogate = c;
        } else {
            target.appendCodePoint(Character.isLowSurrogate(c) ? REPLACEMENT : c);
        }
    }

    private void endSurrogate(Utf8Text target) {
        if (highSurrogate != 0) {
            highSurrogate = 0;
            target.appendCodePoint(REPLACEMENT);
        }
    }
}
