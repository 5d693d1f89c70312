package io.ccflare.api.record;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long a request took, measured by a monotonic clock from the moment the gateway was handed it.
 *
 * @param headers until the response was handed to the host; null when none was
 * @param firstByte until the first byte of its body was handed over; null when none was
 * @param total until its end
 * @since 1.0
 */
public record Timing(@Nullable Duration headers, @Nullable Duration firstByte, Duration total) {

    static final Timing NONE = new Timing(null, null, Duration.ZERO);

    public Timing {
        Objects.requireNonNull(total, "total");
    }
}
