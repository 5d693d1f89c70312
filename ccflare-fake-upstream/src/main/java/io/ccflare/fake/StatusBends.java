package io.ccflare.fake;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Faults that are a whole answer of their own. */
final class StatusBends {
    private static final String TOO_LARGE_PAGE = """
            <html>\r
            <head><title>413 Request Entity Too Large</title></head>\r
            <body>\r
            <center><h1>413 Request Entity Too Large</h1></center>\r
            <hr><center>cloudflare</center>\r
            </body>\r
            </html>\r
            """;

    private StatusBends() {}

    static Bend error(int status, String type, String message) {
        return x -> x.play(x.error(status, type, message));
    }

    static Bend errorToRetry(int status, String type, String message) {
        return x -> x.play(x.error(status, type, message).with("x-should-retry", "true"));
    }

    static Bend rateLimited(Duration retryAfter, List<RateLimit> exhausted) {
        Set<RateLimit> none = exhausted.isEmpty() ? EnumSet.of(RateLimit.REQUESTS) : EnumSet.copyOf(exhausted);
        return x -> x.play(x.error(429, "rate_limit_error", "This request would exceed your organization's rate limit.")
                .with(LimitHeaders.perMinute(x.account().count(), none, x.now(), retryAfter))
                .with("retry-after", seconds(retryAfter)));
    }

    static Bend unifiedRejected(UsageWindow window, Duration untilReset) {
        return x -> x.play(x.error(429, "rate_limit_error", "This request would exceed your account's rate limit.")
                .with(LimitHeaders.rejected(window, x.now(), untilReset))
                .with("retry-after", seconds(untilReset))
                .with("x-should-retry", "true"));
    }

    static Bend spendCap429() {
        return x -> x.play(x.error(
                429,
                "rate_limit_error",
                "Your organization has reached its monthly spend limit.",
                ",\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}"));
    }

    static Bend tooLarge() {
        return x -> x.play(tooLargePage());
    }

    static Reply tooLargePage() {
        return Reply.whole(413, "text/html", TOO_LARGE_PAGE.getBytes(StandardCharsets.UTF_8))
                .with("Server", "cloudflare");
    }

    static Bend garbageBody() {
        byte[] garbage = "\u0000\u0001this is not { JSON\r\n\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        return x -> x.play(Reply.whole(200, "application/json", garbage));
    }

    static Bend garbageHttp() {
        byte[] garbage = "\u0016\u0003\u0001 this is not HTTP\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        return x -> Stream.of(new Step.Raw(garbage), Step.Signal.CLOSE);
    }

    private static String seconds(Duration length) {
        return Long.toString(Math.max(0, length.toSeconds()));
    }
}
