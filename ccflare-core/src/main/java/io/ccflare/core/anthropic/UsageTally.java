package io.ccflare.core.anthropic;

import io.ccflare.api.record.Usage;
import io.ccflare.core.json.Utf8Text;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The usage object as it is told, field by field. A field that is told again replaces what was: a stream's counts are cumulative, and its
 * later objects leave fields out that stay as they were.
 */
final class UsageTally {

    /** How many fields there are, numbered from 0. */
    static final int FIELDS = 11;

    private static final int INPUT = 0;
    private static final int CACHE_READ = 1;
    private static final int CACHE_WRITE = 2;
    private static final int CACHE_WRITE_5M = 3;
    private static final int CACHE_WRITE_1H = 4;
    private static final int OUTPUT = 5;
    private static final int REASONING = 6;
    private static final int WEB_SEARCHES = 7;
    private static final int COUNTS = 8;
    private static final int SERVICE_TIER = 8;
    private static final int SPEED = 9;

    private static final List<String> NAMES = List.of(
            "input_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
            "cache_creation.ephemeral_5m_input_tokens",
            "cache_creation.ephemeral_1h_input_tokens",
            "output_tokens",
            "output_tokens_details.thinking_tokens",
            "server_tool_use.web_search_requests",
            "service_tier",
            "speed",
            "inference_geo");

    private static final long UNTOLD = -1;
    /** No response counts a billion tokens. */
    private static final long ABSURD = 1_000_000_000L;

    private final long[] counts = new long[COUNTS];
    private @Nullable String serviceTier;
    private @Nullable String speed;
    private @Nullable String geography;

    UsageTally() {
        Arrays.fill(counts, UNTOLD);
    }

    /** The JSON paths of the fields, in order, where the usage object is {@code object}. */
    static Stream<String> paths(String object) {
        return NAMES.stream().map(name -> object + "." + name);
    }

    /** Says whether it was the count of output tokens, which every usage object holds. */
    boolean count(int field, long value) {
        if (field >= COUNTS || value < 0 || value > ABSURD) {
            return false;
        }
        counts[field] = value;
        return field == OUTPUT;
    }

    void text(int field, Utf8Text value) {
        if (value.truncated()) {
            return;
        }
        if (field == SERVICE_TIER) {
            serviceTier = value.toString();
        } else if (field == SPEED) {
            speed = value.toString();
        } else if (field > SPEED) {
            geography = value.toString();
        }
    }

    /** Null when no token count was told. */
    @Nullable
    Usage usage() {
        if (counts[INPUT] == UNTOLD && counts[OUTPUT] == UNTOLD) {
            return null;
        }
        long write1h = told(CACHE_WRITE_1H);
        long write5m = told(CACHE_WRITE_5M);
        long total = counts[CACHE_WRITE];
        if (total != UNTOLD) {
            // A later total comes without its split: what is not known to last an hour counts as five minutes.
            write1h = Math.min(write1h, total);
            write5m = total - write1h;
        }
        return new Usage(
                told(INPUT),
                told(CACHE_READ),
                write5m,
                write1h,
                told(OUTPUT),
                told(REASONING),
                told(WEB_SEARCHES),
                serviceTier,
                speed,
                geography);
    }

    private long told(int field) {
        return Math.max(0, counts[field]);
    }
}
