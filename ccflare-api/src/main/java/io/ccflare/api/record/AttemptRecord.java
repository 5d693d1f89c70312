package io.ccflare.api.record;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One upstream call for one request on one account.
 *
 * @param accountId whose
 * @param accountName its name then
 * @param reason why this account was taken, in a few words: {@code bound}, {@code newest open session}
 * @param outcome what the attempt was
 * @param status the upstream's status; 0 when none came
 * @param startedAfter since the request began
 * @param duration of the attempt
 * @param errorType the provider's own word for the error; null when none
 * @param detail what went wrong, for people; never holds a secret or a body; null when nothing did
 * @param upstreamRequestId the provider's id for the call; null when none came
 * @since 1.0
 */
public record AttemptRecord(
        String accountId,
        String accountName,
        String reason,
        Outcome outcome,
        int status,
        Duration startedAfter,
        Duration duration,
        @Nullable String errorType,
        @Nullable String detail,
        @Nullable String upstreamRequestId) {}
