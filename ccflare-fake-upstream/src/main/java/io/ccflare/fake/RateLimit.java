package io.ccflare.fake;

/**
 * A budget per minute that the API keeps for API-key accounts, as the {@code anthropic-ratelimit-*} headers name it.
 *
 * @since 1.0
 */
public enum RateLimit {
    /** Requests. */
    REQUESTS("requests", 4_000),
    /** Tokens of prompts. */
    INPUT_TOKENS("input-tokens", 2_000_000),
    /** Tokens of answers. */
    OUTPUT_TOKENS("output-tokens", 400_000),
    /** The most restrictive of the token limits. */
    TOKENS("tokens", 2_400_000);

    private final String header;
    private final long limit;

    RateLimit(String header, long limit) {
        this.header = header;
        this.limit = limit;
    }

    String header() {
        return header;
    }

    long limit() {
        return limit;
    }
}
