package io.ccflare.benchmarks.load;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the provider's API answers to a short request: about 0.8 KB of JSON and the headers of the real one. */
final class StaticAnswer {

    static final String JSON = "{\"id\":\"msg_01XFDUDYJgAACzvnptvVoYEL\",\"type\":\"message\",\"role\":\"assistant\","
            + "\"model\":\"claude-sonnet-4-5\",\"content\":[{\"type\":\"text\",\"text\":\""
            + "The function reads the file line by line and keeps what it needs. ".repeat(7)
            + "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":212,"
            + "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"cache_creation\":{"
            + "\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":0},\"output_tokens\":98,"
            + "\"service_tier\":\"standard\"}}";

    private static final Duration RESET = Duration.ofHours(12);

    private StaticAnswer() {}

    /** In nginx' words. */
    static String headerDirectives() {
        List<String> headers = new ArrayList<>(List.of(
                "request-id req_011CSHoEeqs5C35K2UUqR7Fy",
                "anthropic-organization-id 7f3c2a52-6d0b-4b6e-9d5a-1f0f6f0a3c11",
                "strict-transport-security 'max-age=31536000; includeSubDomains; preload'",
                "via '1.1 google'",
                "x-robots-tag none",
                "cf-cache-status DYNAMIC"));
        Instant reset = Instant.now().plus(RESET).truncatedTo(ChronoUnit.SECONDS);
        for (String limit : List.of("requests", "tokens", "input-tokens", "output-tokens")) {
            headers.add("anthropic-ratelimit-" + limit + "-limit 4000000");
            headers.add("anthropic-ratelimit-" + limit + "-remaining 3999000");
            headers.add("anthropic-ratelimit-" + limit + "-reset " + reset);
        }
        return headers.stream().map(header -> "    add_header " + header + ";").collect(Collectors.joining("\n"));
    }
}
