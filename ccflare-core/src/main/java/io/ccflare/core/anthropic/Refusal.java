package io.ccflare.core.anthropic;

import io.ccflare.api.record.Outcome;
import io.ccflare.api.state.Cooldown.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Says what a 429 refuses, and until when.
 *
 * <p>Subscriptions: the windows' own statuses decide, then the representative claim, then the top line; the reset is that of the window
 * that refused. API keys: {@code Retry-After}, else the reset of the limit that is used up. Where neither a window nor a time is told, it
 * was this one request that was throttled.
 */
final class Refusal {

    /** How long what needs paid overage is left alone on an account that is out of credits. */
    private static final Duration OUT_OF_CREDITS = Duration.ofMinutes(5);

    private final RateLimits limits;
    private final @Nullable String modelClass;
    private final @Nullable Instant retryAt;
    private final Instant now;

    Refusal(RateLimits limits, @Nullable String modelClass, @Nullable Instant retryAt, Instant now) {
        this.limits = limits;
        this.modelClass = modelClass;
        this.retryAt = retryAt;
        this.now = now;
    }

    Finding judge() {
        if (limits.subscription()) {
            return unified();
        }
        Instant until = retryAt != null ? retryAt : latest(limits.keyLimits());
        return until == null ? throttled() : Finding.of(Outcome.RATE_LIMITED, Kind.WINDOW, modelClass, until, false);
    }

    private Finding unified() {
        if (anyRejected(limits.accountWindows())) {
            return account(first(latestRejected(limits.accountWindows()), retryAt));
        }
        if (anyRejected(limits.classWindows())) {
            return modelClass(first(latestRejected(limits.classWindows()), retryAt));
        }
        if (limits.outOfCredits()) {
            return modelClass(now.plus(OUT_OF_CREDITS));
        }
        if (limits.overall().rejected()) {
            return topLine();
        }
        return retryAt == null ? throttled() : Finding.of(Outcome.RATE_LIMITED, Kind.WINDOW, modelClass, retryAt, true);
    }

    /** No window says that it refused, only the top line does. */
    private Finding topLine() {
        Instant until = first(limits.overall().resetAt(now), retryAt);
        String claim = limits.claim() == null ? "" : limits.claim();
        boolean accountsClaim = claim.equals("five_hour") || claim.equals("seven_day");
        boolean classClaim =
                claim.equals("overage") || claim.startsWith("five_hour_") || claim.startsWith("seven_day_");
        // Windows that are open, or one that meters a class, mean that the top line speaks of that class.
        boolean accountOpen = limits.accountWindows().stream().anyMatch(Limit::open);
        if (classClaim
                || accountOpen
                || !accountsClaim && !limits.classWindows().isEmpty()) {
            return modelClass(until);
        }
        Limit claimed = accountsClaim ? limits.unified(claim.equals("five_hour") ? "5h" : "7d") : null;
        return account(first(claimed == null ? null : claimed.resetAt(now), until));
    }

    private Finding account(@Nullable Instant until) {
        return Finding.of(Outcome.RATE_LIMITED, Kind.WINDOW, null, until, true);
    }

    private Finding modelClass(@Nullable Instant until) {
        // Without a class it would take the whole account away.
        return modelClass == null
                ? throttled()
                : Finding.of(Outcome.RATE_LIMITED, Kind.WINDOW, modelClass, until, true);
    }

    private Finding throttled() {
        return Finding.of(Outcome.THROTTLED, Kind.BACKOFF, modelClass, null, true);
    }

    private static boolean anyRejected(Collection<Limit> windows) {
        return windows.stream().anyMatch(Limit::rejected);
    }

    private @Nullable Instant latestRejected(Collection<Limit> windows) {
        return latest(windows.stream().filter(Limit::rejected).toList(), false);
    }

    private @Nullable Instant latest(Collection<Limit> keyLimits) {
        return latest(keyLimits, true);
    }

    private @Nullable Instant latest(Collection<Limit> candidates, boolean exhaustedOnly) {
        Instant latest = null;
        for (Limit limit : candidates) {
            Instant reset = exhaustedOnly && !limit.exhausted() ? null : limit.resetAt(now);
            if (reset != null && (latest == null || reset.isAfter(latest))) {
                latest = reset;
            }
        }
        return latest;
    }

    private static @Nullable Instant first(@Nullable Instant preferred, @Nullable Instant otherwise) {
        return preferred != null ? preferred : otherwise;
    }
}
