package io.ccflare.core.call;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Responses of the gateway's own making, in the dialect of the caller. */
final class Answers {

    /** A known client gives up when it is told to wait for longer than a minute. */
    private static final long LONGEST_RETRY_AFTER = 59;

    private Answers() {}

    /** @param body the problem in the dialect of the caller */
    static GatewayResponse of(byte[] body, Problem problem, boolean head, boolean exposed, int attempts, Instant now) {
        Headers.Builder headers = Headers.builder()
                .add("content-type", "application/json")
                .add("content-length", Integer.toString(body.length));
        Instant retryAt = problem.retryAt();
        if (retryAt != null) {
            headers.add("retry-after", Long.toString(retryAfter(retryAt, now)));
        }
        if (exposed) {
            expose(headers, problem.requestId(), null, attempts);
        }
        return GatewayResponse.of(problem.status(), headers.build(), head ? FixedBody.empty() : FixedBody.of(body));
    }

    /** Whole seconds, rounded up, at least 1. */
    static long retryAfter(Instant retryAt, Instant now) {
        long seconds = (Duration.between(now, retryAt).toMillis() + 999) / 1000;
        return Math.max(1, Math.min(LONGEST_RETRY_AFTER, seconds));
    }

    static void expose(Headers.Builder headers, String requestId, @Nullable String account, int attempts) {
        headers.add("ccflare-request-id", requestId);
        if (account != null) {
            headers.add("ccflare-account", headerSafe(account));
        }
        headers.add("ccflare-attempts", Integer.toString(attempts));
    }

    /** A name as a header value: what is not printable ASCII is percent-encoded as UTF-8. */
    static String headerSafe(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isSafe(name.charAt(i))) {
                return encoded(name);
            }
        }
        return name;
    }

    private static boolean isSafe(int c) {
        return c >= ' ' && c <= '~' && c != '%';
    }

    private static String encoded(String name) {
        StringBuilder safe = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (isSafe(b)) {
                safe.append((char) b);
            } else {
                safe.append('%')
                        .append(Character.toUpperCase(Character.forDigit((b >> 4) & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return safe.toString();
    }
}
