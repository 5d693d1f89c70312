package io.ccflare.core.json;

/** Reads one number by the JSON grammar, across any number of segments. */
final class NumberReader {

    private static final int START = 0;
    private static final int MINUS = 1;
    private static final int ZERO = 2;
    private static final int DIGITS = 3;
    private static final int POINT = 4;
    private static final int FRACTION = 5;
    private static final int EXPONENT = 6;
    private static final int SIGN = 7;
    private static final int EXPONENT_DIGITS = 8;

    private int state;
    private boolean negative;
    private boolean fits;
    private long negated; // accumulated below zero, where there is room for Long.MIN_VALUE

    void reset() {
        state = START;
        negative = false;
        fits = true;
        negated = 0;
    }

    /** Goes on with the number at {@code from}; returns the index of the first byte that is not part of it, or {@code end}. */
    int read(byte[] bytes, int from, int end) {
        int i = from;
        while (i < end) {
            int next = next(bytes[i]);
            if (next == START) {
                return i;
            }
            state = next;
            i++;
        }
        return end;
    }

    private int next(byte c) {
        if (c >= '0' && c <= '9') {
            return digit(c - '0');
        }
        return switch (c) {
            case '-' -> {
                if (state == START) {
                    negative = true;
                    yield MINUS;
                }
                yield state == EXPONENT ? SIGN : START;
            }
            case '+' -> state == EXPONENT ? SIGN : START;
            case '.' -> state == ZERO || state == DIGITS ? POINT : START;
            case 'e', 'E' -> state == ZERO || state == DIGITS || state == FRACTION ? EXPONENT : START;
            default -> START;
        };
    }

    private int digit(int digit) {
        return switch (state) {
            case START, MINUS -> {
                negated = -digit;
                yield digit == 0 ? ZERO : DIGITS;
            }
            case DIGITS -> {
                fits &= negated > Long.MIN_VALUE / 10 || negated == Long.MIN_VALUE / 10 && digit <= 8;
                negated = negated * 10 - digit;
                yield DIGITS;
            }
            case POINT, FRACTION -> FRACTION;
            case EXPONENT, SIGN, EXPONENT_DIGITS -> EXPONENT_DIGITS;
            default -> START; // a digit behind a leading zero
        };
    }

    /** Whether what has been read is a whole number by the grammar. */
    boolean isWhole() {
        return state == ZERO || state == DIGITS || state == FRACTION || state == EXPONENT_DIGITS;
    }

    /** Whether it has neither fraction nor exponent and fits a long. */
    boolean isLong() {
        return (state == ZERO || state == DIGITS) && fits && (negative || negated != Long.MIN_VALUE);
    }

    long value() {
        return negative ? negated : -negated;
    }
}
