package io.ccflare.core.anthropic;

import io.ccflare.api.state.UsageWindow;
import io.ccflare.api.state.UsageWindow.Status;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The header fields of one limit, as they are told one by one. */
final class Limit {

    /** What {@code -status} says when requests are refused; {@code rejected} today, the others were seen earlier. */
    private static final Set<String> HARD =
            Set.of("rejected", "rate_limited", "blocked", "queueing_hard", "payment_required");

    private static final Set<String> SOFT = Set.of("allowed_warning", "queueing_soft");

    final String name;
    private @Nullable String status;
    private @Nullable String reset;
    private @Nullable Double utilization;
    private @Nullable Long limit;
    private @Nullable Long remaining;

    Limit(String name) {
        this.name = name;
    }

    void field(String field, String value) {
        switch (field) {
            case "status" -> status = value.strip();
            case "reset" -> reset = value;
            case "utilization" -> utilization = Moments.number(value);
            case "limit" -> limit = count(value);
            case "remaining" -> remaining = count(value);
            default -> {
                // Hints for clients, and what may come later.
            }
        }
    }

    private static @Nullable Long count(String value) {
        Double number = Moments.number(value);
        return number == null || number > Long.MAX_VALUE ? null : (Long) number.longValue();
    }

    boolean rejected() {
        return status != null && HARD.contains(status);
    }

    /** Whether a status was told that lets requests through. */
    boolean open() {
        return status != null && !rejected();
    }

    boolean exhausted() {
        return remaining != null && remaining == 0;
    }

    /** Null when it was not told or is past. */
    @Nullable
    Instant resetAt(Instant now) {
        return Moments.reset(reset, now);
    }

    /** Null when nothing that holds is told: a window whose reset is past has begun anew, and its figures are of the last one. */
    @Nullable
    UsageWindow unifiedWindow(@Nullable String modelClass, Instant now) {
        Instant resetAt = resetAt(now);
        boolean stale = reset != null && resetAt == null;
        if (stale || status == null && utilization == null) {
            return null;
        }
        return new UsageWindow(name, modelClass, utilization, status(), resetAt, null, null, now);
    }

    private Status status() {
        if (status == null) {
            return Status.UNKNOWN;
        }
        if (rejected()) {
            return Status.REJECTED;
        }
        return SOFT.contains(status) ? Status.WARNING : status.equals("allowed") ? Status.ALLOWED : Status.UNKNOWN;
    }

    /** Null when nothing is told of what is left. */
    @Nullable
    UsageWindow keyWindow(@Nullable String modelClass, boolean refused, Instant now) {
        if (remaining == null) {
            return null;
        }
        Double used = limit == null || limit == 0 ? null : (Double) Math.max(0, 1 - (double) remaining / limit);
        Status told = !exhausted() ? Status.ALLOWED : refused ? Status.REJECTED : Status.WARNING;
        return new UsageWindow(name, modelClass, used, told, resetAt(now), limit, remaining, now);
    }
}
