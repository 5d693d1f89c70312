package io.ccflare.fake;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Renders the headers that tell how much of its limits an account has used. */
final class LimitHeaders {
    private static final Duration FIVE_HOURS = Duration.ofHours(5);
    private static final Duration SEVEN_DAYS = Duration.ofDays(7);

    private LimitHeaders() {}

    /** The per-minute limits: resets in RFC 3339, remaining tokens rounded to thousands. */
    static List<HeaderField> perMinute(long requests, Set<RateLimit> exhausted, Instant now, Duration untilReset) {
        List<HeaderField> headers = new ArrayList<>();
        Instant reset = now.plus(untilReset).truncatedTo(ChronoUnit.SECONDS);
        for (RateLimit limit : RateLimit.values()) {
            long used = limit == RateLimit.REQUESTS ? requests : requests * 1000;
            long left = exhausted.contains(limit) ? 0 : Math.max(limit.limit() / 2, limit.limit() - used);
            String prefix = "anthropic-ratelimit-" + limit.header();
            headers.add(new HeaderField(prefix + "-limit", Long.toString(limit.limit())));
            headers.add(new HeaderField(prefix + "-remaining", Long.toString(left)));
            headers.add(new HeaderField(prefix + "-reset", reset.toString()));
        }
        return headers;
    }

    /** The windows of a subscription that is allowed to go on. */
    static List<HeaderField> unified(double fiveHour, double sevenDay, Instant now) {
        long reset = now.plus(FIVE_HOURS).getEpochSecond();
        List<HeaderField> headers = new ArrayList<>();
        add(headers, "status", "allowed");
        add(headers, "reset", reset);
        add(headers, "representative-claim", "five_hour");
        add(headers, "fallback-percentage", "0.5");
        window(headers, UsageWindow.FIVE_HOUR, "allowed", reset, fiveHour);
        window(headers, UsageWindow.SEVEN_DAY, "allowed", now.plus(SEVEN_DAYS).getEpochSecond(), sevenDay);
        overage(headers);
        return headers;
    }

    /** A refusal by one window, the others allowed. */
    static List<HeaderField> rejected(UsageWindow by, Instant now, Duration untilReset) {
        long reset = now.plus(untilReset).getEpochSecond();
        List<HeaderField> headers = new ArrayList<>();
        add(headers, "status", "rejected");
        add(headers, "reset", reset);
        add(headers, "representative-claim", by.claim());
        for (UsageWindow window : UsageWindow.values()) {
            if (window == by) {
                window(headers, window, "rejected", reset, 1.01);
                add(headers, window.header() + "-surpassed-threshold", "1.0");
            } else if (window != UsageWindow.SEVEN_DAY_MODEL) {
                Duration length = window == UsageWindow.FIVE_HOUR ? FIVE_HOURS : SEVEN_DAYS;
                window(headers, window, "allowed", now.plus(length).getEpochSecond(), 0.69);
            }
        }
        overage(headers);
        return headers;
    }

    private static void window(
            List<HeaderField> headers, UsageWindow window, String status, long reset, double utilization) {
        add(headers, window.header() + "-status", status);
        add(headers, window.header() + "-reset", reset);
        add(headers, window.header() + "-utilization", String.format(Locale.ROOT, "%.2f", utilization));
    }

    private static void overage(List<HeaderField> headers) {
        add(headers, "overage-status", "rejected");
        add(headers, "overage-disabled-reason", "org_level_disabled");
    }

    private static void add(List<HeaderField> headers, String name, Object value) {
        headers.add(new HeaderField("anthropic-ratelimit-unified-" + name, value.toString()));
    }
}
