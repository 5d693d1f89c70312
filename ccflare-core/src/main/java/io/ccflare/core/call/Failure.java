package io.ccflare.core.call;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.Headers;
import io.ccflare.api.record.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that did not serve.
 *
 * @param outcome what it was
 * @param movable whether the request may be sent again
 * @param errorType the provider's own word; null when none
 * @param detail for people; null when there is nothing to add
 * @param answer the upstream's own answer if it can be passed on when nothing better comes; null when not
 */
record Failure(
        Outcome outcome,
        boolean movable,
        @Nullable String errorType,
        @Nullable String detail,
        @Nullable UpstreamAnswer answer) {

    /** An upstream's error as a whole. */
    record UpstreamAnswer(int status, Headers headers, FixedBody body) {}

    /** Whether the same account may do better a moment later. */
    boolean passing() {
        return outcome == Outcome.OVERLOADED || outcome == Outcome.SERVER_ERROR || outcome == Outcome.THROTTLED;
    }

    /** Whether it says something about the account or the request rather than about the moment. */
    boolean refusal() {
        return switch (outcome) {
            case RATE_LIMITED, SPEND_CAPPED, UNAUTHORIZED, FORBIDDEN -> true;
            default -> false;
        };
    }
}
