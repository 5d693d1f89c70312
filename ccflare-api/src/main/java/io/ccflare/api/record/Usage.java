package io.ccflare.api.record;

import org.jspecify.annotations.Nullable;

/**
 * Token counts of one response in canonical form: the parts of the input never overlap, whatever the provider counts together.
 *
 * @param fresh input tokens that came from no cache
 * @param cacheRead input tokens read from a prompt cache
 * @param cacheWrite5m input tokens written to a cache for five minutes; also those whose lifetime is not told
 * @param cacheWrite1h input tokens written to a cache for an hour
 * @param output output tokens, reasoning included
 * @param reasoning those output tokens that were reasoning, as far as told
 * @param webSearches web searches that the provider ran and charges for
 * @param serviceTier the tier that served, as the provider names it; null when not told
 * @param speed the speed that was billed, as the provider names it; null when not told
 * @param geography the inference geography that was billed; null when not told
 * @since 1.0
 */
public record Usage(
        long fresh,
        long cacheRead,
        long cacheWrite5m,
        long cacheWrite1h,
        long output,
        long reasoning,
        long webSearches,
        @Nullable String serviceTier,
        @Nullable String speed,
        @Nullable String geography) {

    /** Usage of tokens alone. */
    public static Usage tokens(long fresh, long cacheRead, long cacheWrite5m, long cacheWrite1h, long output) {
        return new Usage(fresh, cacheRead, cacheWrite5m, cacheWrite1h, output, 0, 0, null, null, null);
    }

    /** All input tokens: fresh, read from and written to caches. */
    public long inputTotal() {
        return fresh + cacheRead + cacheWrite5m + cacheWrite1h;
    }
}
