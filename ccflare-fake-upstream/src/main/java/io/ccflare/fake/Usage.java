package io.ccflare.fake;

/** Token counts of one message. {@code input} is what was neither read from nor written to the cache. */
record Usage(long input, long cacheRead, long cacheWrite5m, long cacheWrite1h, long output, long thinking) {

    /** As {@code message_start} carries it: everything but the output. */
    String atStart() {
        return json(1, "");
    }

    String whole() {
        return json(output, thinking > 0 ? ",\"output_tokens_details\":{\"thinking_tokens\":" + thinking + "}" : "");
    }

    /** As {@code message_delta} carries it: cumulative, without the split of cache writes. */
    String atEnd() {
        return "{\"input_tokens\":" + input + ",\"cache_creation_input_tokens\":" + (cacheWrite5m + cacheWrite1h)
                + ",\"cache_read_input_tokens\":" + cacheRead + ",\"output_tokens\":" + output
                + (thinking > 0 ? ",\"output_tokens_details\":{\"thinking_tokens\":" + thinking + "}" : "") + "}";
    }

    private String json(long outputNow, String details) {
        return "{\"input_tokens\":" + input + ",\"cache_creation_input_tokens\":" + (cacheWrite5m + cacheWrite1h)
                + ",\"cache_read_input_tokens\":" + cacheRead + ",\"cache_creation\":{\"ephemeral_5m_input_tokens\":"
                + cacheWrite5m + ",\"ephemeral_1h_input_tokens\":" + cacheWrite1h + "},\"output_tokens\":" + outputNow
                + ",\"service_tier\":\"standard\"" + details + "}";
    }
}
