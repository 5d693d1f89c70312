package io.ccflare.api.record;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account that a request could not use, and why: part of its decision trace.
 *
 * @param accountId whose
 * @param accountName its name then
 * @param standing why it was skipped, the name of a {@code Standing}
 * @param until when that ends; null when not known
 * @since 1.0
 */
public record Skipped(
        String accountId,
        String accountName,
        String standing,
        @Nullable Instant until) {}
