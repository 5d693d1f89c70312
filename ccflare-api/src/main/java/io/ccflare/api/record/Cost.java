package io.ccflare.api.record;

import java.util.Objects;

/**
 * What a request cost by the price table.
 *
 * @param microUsd millionths of a US dollar, rounded half up
 * @param priceId which price was used, with the day from which it holds: {@code claude-opus-5-5@2026-09-22}
 * @since 1.0
 */
public record Cost(long microUsd, String priceId) {
    public Cost {
        Objects.requireNonNull(priceId, "priceId");
    }
}
