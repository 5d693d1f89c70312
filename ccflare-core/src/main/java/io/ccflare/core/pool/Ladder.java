package io.ccflare.core.pool;

import io.ccflare.api.state.Cooldown;
import java.time.Duration;

/** How long a rest is when the provider named no end: short first, longer each time it happens again. */
final class Ladder {

    private static final Duration BACKOFF_FIRST = Duration.ofSeconds(1);
    private static final Duration BACKOFF_LONGEST = Duration.ofSeconds(30);
    private static final Duration CREDENTIAL_FIRST = Duration.ofMinutes(5);
    private static final Duration PERMISSION = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);

    private Ladder() {}

    /** @param failures how many came before without a success between */
    static Duration rest(Cooldown.Kind kind, int failures) {
        return switch (kind) {
            case BACKOFF, WINDOW, UNKNOWN -> doubled(BACKOFF_FIRST, failures, BACKOFF_LONGEST);
            case CREDENTIAL -> doubled(CREDENTIAL_FIRST, failures, HOUR);
            case PERMISSION -> PERMISSION;
            case SPEND_CAP -> HOUR;
        };
    }

    private static Duration doubled(Duration first, int times, Duration longest) {
        Duration grown = first.multipliedBy(1L << Math.min(times, 12));
        return grown.compareTo(longest) < 0 ? grown : longest;
    }
}
