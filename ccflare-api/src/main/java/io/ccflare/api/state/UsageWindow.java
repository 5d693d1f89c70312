package io.ccflare.api.state;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A provider's own budget over time, as its last response told.
 *
 * @param name the provider's name for it: {@code 5h}, {@code 7d}, {@code input-tokens}
 * @param modelClass the model class it meters; null for all
 * @param utilization the share used, 0 to 1, above 1 when overdrawn; null when not told
 * @param status what the provider said of it
 * @param resetAt when it begins anew; null when not told
 * @param limit its size in its own unit; null when not told
 * @param remaining what is left of it; null when not told
 * @param observedAt when this was told
 * @since 1.0
 */
public record UsageWindow(
        String name,
        @Nullable String modelClass,
        @Nullable Double utilization,
        Status status,
        @Nullable Instant resetAt,
        @Nullable Long limit,
        @Nullable Long remaining,
        Instant observedAt) {

    /** What the provider said of a window. */
    public enum Status {
        ALLOWED,
        /** Near its end; requests are still served. */
        WARNING,
        REJECTED,
        UNKNOWN
    }

    public UsageWindow {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(observedAt, "observedAt");
    }
}
