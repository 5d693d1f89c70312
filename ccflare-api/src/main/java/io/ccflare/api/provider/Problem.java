package io.ccflare.api.provider;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that the gateway itself has to tell a caller.
 *
 * @param status the HTTP status
 * @param message what is wrong and what to do, for people; holds no secret
 * @param requestId the gateway's id of the request
 * @param retryAt when another try makes sense; null when that is not known
 * @since 1.0
 */
public record Problem(
        int status,
        String message,
        String requestId,
        @Nullable Instant retryAt) {
    public Problem {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(requestId, "requestId");
    }
}
