package io.ccflare.core.anthropic;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Moments as response headers tell them. What is past, or cannot be read, is none; what is absurdly far is brought near. */
final class Moments {

    /** No window of the API is longer than seven days. */
    private static final Duration FARTHEST = Duration.ofDays(8);

    private static final double MILLIS = 1000;

    /** Every number of so many digits is a double of its own. */
    private static final int EXACT_DIGITS = 15;

    private Moments() {}

    /** {@code Retry-After}: seconds, whole or not, or an HTTP date. */
    static @Nullable Instant retryAfter(@Nullable String value, Instant now) {
        if (value == null) {
            return null;
        }
        Double seconds = number(value);
        if (seconds != null) {
            return sane(later(now, seconds), now);
        }
        try {
            return sane(
                    ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant(),
                    now);
        } catch (DateTimeException notADate) {
            return null;
        }
    }

    /** A reset: epoch seconds in the unified headers, RFC 3339 in the others. */
    static @Nullable Instant reset(@Nullable String value, Instant now) {
        if (value == null) {
            return null;
        }
        Double seconds = number(value);
        if (seconds != null) {
            return sane(later(Instant.EPOCH, seconds), now);
        }
        try {
            String text = value.strip();
            Instant utc = utc(text);
            return sane(utc == null ? OffsetDateTime.parse(text).toInstant() : utc, now);
        } catch (DateTimeException notADate) {
            return null;
        }
    }

    /** {@code 2026-11-21T04:00:00Z}, as the API sends it: each answer has four of them, and the JDK's parser takes a microsecond for each. */
    private static @Nullable Instant utc(String text) {
        boolean shaped = text.length() == 20
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == 'T'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':'
                && text.charAt(19) == 'Z';
        int year = shaped ? digits(text, 0, 4) : -1;
        int month = shaped ? digits(text, 5, 7) : -1;
        int day = shaped ? digits(text, 8, 10) : -1;
        int hour = shaped ? digits(text, 11, 13) : -1;
        int minute = shaped ? digits(text, 14, 16) : -1;
        int second = shaped ? digits(text, 17, 19) : -1;
        return (year | month | day | hour | minute | second) < 0
                ? null
                : LocalDateTime.of(year, month, day, hour, minute, second).toInstant(ZoneOffset.UTC);
    }

    /** -1 where something else than digits stands. */
    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** A number without sign and exponent; null for all else, {@code NaN} and {@code Infinity} included. */
    static @Nullable Double number(@Nullable String value) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        boolean digits = false;
        boolean point = false;
        long whole = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && !point) {
                point = true;
            } else if (c >= '0' && c <= '9') {
                digits = true;
                whole = whole * 10 + c - '0';
            } else {
                return null;
            }
        }
        if (!digits) {
            return null;
        }
        return point || text.length() > EXACT_DIGITS ? Double.valueOf(text) : Double.valueOf(whole);
    }

    private static Instant later(Instant from, double seconds) {
        // Far beyond every clamp, and within what an Instant can hold.
        double bounded = Math.min(seconds, Integer.MAX_VALUE * 100.0);
        return from.plusMillis((long) Math.ceil(bounded * MILLIS));
    }

    private static @Nullable Instant sane(Instant moment, Instant now) {
        if (!moment.isAfter(now)) {
            return null;
        }
        Instant farthest = now.plus(FARTHEST);
        return moment.isAfter(farthest) ? farthest : moment;
    }
}
