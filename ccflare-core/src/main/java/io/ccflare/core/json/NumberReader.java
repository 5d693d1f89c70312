package io.ccflare.core.json;

/** Checks one number by the JSON grammar, across any number of segments. */
final class NumberReader {

    private static final int START = 0; // also: cannot go on
    private static final int MINUS = 1;
    private static final int ZERO = 2;
    private static final int DIGITS = 3;
    private static final int POINT = 4;
    private static final int FRACTION = 5;
    private static final int EXPONENT = 6;
    private static final int SIGN = 7;
    private static final int EXPONENT_DIGITS = 8;
    private static final int STATES = 9;

    /** The state that follows a state and a byte: NEXT[(state << 8) | byte]. */
    private static final byte[] NEXT = new byte[STATES << 8];

    static {
        on('-', START, MINUS);
        on('0', START, ZERO);
        on('0', MINUS, ZERO);
        for (char digit = '0'; digit <= '9'; digit++) {
            if (digit != '0') {
                on(digit, START, DIGITS);
                on(digit, MINUS, DIGITS);
            }
            on(digit, DIGITS, DIGITS);
            on(digit, POINT, FRACTION);
            on(digit, FRACTION, FRACTION);
            on(digit, EXPONENT, EXPONENT_DIGITS);
            on(digit, SIGN, EXPONENT_DIGITS);
            on(digit, EXPONENT_DIGITS, EXPONENT_DIGITS);
        }
        on('.', ZERO, POINT);
        on('.', DIGITS, POINT);
        for (char e : new char[] {'e', 'E'}) {
            on(e, ZERO, EXPONENT);
            on(e, DIGITS, EXPONENT);
            on(e, FRACTION, EXPONENT);
        }
        on('+', EXPONENT, SIGN);
        on('-', EXPONENT, SIGN);
    }

    private static void on(char c, int state, int next) {
        NEXT[(state << 8) | c] = (byte) next;
    }

    private int state;

    void reset() {
        state = START;
    }

    /** Goes on with the number at {@code from}; returns the index of the first byte that is not part of it, or {@code end}. */
    int read(byte[] bytes, int from, int end) {
        int current = state;
        int i = from;
        while (i < end) {
            int next = NEXT[(current << 8) | (bytes[i] & 0xff)];
            if (next == START) {
                break;
            }
            current = next;
            i++;
        }
        state = current;
        return i;
    }

    /** Whether what has been read is a whole number. */
    boolean isWhole() {
        return isInteger() || state == FRACTION || state == EXPONENT_DIGITS;
    }

    /** Whether it has neither fraction nor exponent. */
    boolean isInteger() {
        return state == ZERO || state == DIGITS;
    }
}
