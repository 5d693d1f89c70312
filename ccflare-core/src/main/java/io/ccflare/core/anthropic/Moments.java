package io.ccflare.core.anthropic;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Moments as response headers tell them. What is past, or cannot be read, is none; what is absurdly far is brought near. */
final class Moments {

    /** No window of the API is longer than seven days. */
    private static final Duration FARTHEST = Duration.ofDays(8);

    private static final double MILLIS = 1000;

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
            return sane(OffsetDateTime.parse(value.strip()).toInstant(), now);
        } catch (DateTimeException notADate) {
            return null;
        }
    }

    /** A number without sign and exponent; null for all else, {@code NaN} and {@code Infinity} included. */
    static @Nullable Double number(@Nullable String value) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        boolean digits = false;
        boolean point = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && !point) {
                point = true;
            } else if (c >= '0' && c <= '9') {
                digits = true;
            } else {
                return null;
            }
        }
        return digits ? Double.valueOf(text) : null;
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
