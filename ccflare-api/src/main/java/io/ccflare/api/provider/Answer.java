package io.ccflare.api.provider;

import io.ccflare.api.http.Headers;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream answered, as far as it is needed to judge it.
 *
 * @param route the route of the request
 * @param modelClass the class of the model that was asked for; null when not known
 * @param status the upstream's status
 * @param headers as received
 * @param body the beginning of an error body, at most 64 KiB, still encoded as {@code Content-Encoding} says; null when the status is no
 *     error or nothing came
 * @param streamError the error event of a stream; null when there was none
 * @param now the moment, for deadlines that are told as a duration
 * @since 1.0
 */
public record Answer(
        Route route,
        @Nullable String modelClass,
        int status,
        Headers headers,
        @Nullable ByteBuffer body,
        @Nullable UpstreamError streamError,
        Instant now) {
    public Answer {
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(now, "now");
    }
}
