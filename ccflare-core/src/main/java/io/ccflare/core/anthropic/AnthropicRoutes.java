package io.ccflare.core.anthropic;

import static io.ccflare.api.provider.Route.Affinity.ANY;
import static io.ccflare.api.provider.Route.Affinity.CONVERSATION;
import static io.ccflare.api.provider.Route.Affinity.OWNER;

import io.ccflare.api.provider.Route;
import java.util.ArrayList;
import java.util.List;

/**
 * The public API. Left out: sign-in ({@code /v1/oauth}, {@code /api}), administration ({@code /v1/organizations}), and the OpenAI-shaped
 * {@code /v1/chat/completions}, whose errors, limits and usage are of another dialect.
 */
final class AnthropicRoutes {

    static final String MESSAGES = "messages";
    static final String COMPLETE = "complete";

    /** What they create lives in the workspace of one account. */
    private static final List<String> OWNED = List.of(
            "files",
            "skills",
            "agents",
            "sessions",
            "environments",
            "vaults",
            "memory_stores",
            "deployments",
            "tunnels",
            "user_profiles");

    static final List<Route> ALL = all();

    private AnthropicRoutes() {}

    private static List<Route> all() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.builder(MESSAGES, "/v1/messages")
                .affinity(CONVERSATION)
                .gathered(true)
                .replayable(true)
                .metered(true)
                .build());
        routes.add(Route.builder("count_tokens", "/v1/messages/count_tokens")
                .affinity(ANY)
                .gathered(true)
                .replayable(true)
                .build());
        routes.add(Route.builder("batches", "/v1/messages/batches/**")
                .affinity(OWNER)
                .build());
        routes.add(Route.builder("models", "/v1/models").affinity(ANY).build());
        routes.add(Route.builder("models", "/v1/models/{}").affinity(ANY).build());
        // The legacy API has neither prompt caches nor usage in its responses.
        routes.add(Route.builder(COMPLETE, "/v1/complete")
                .affinity(ANY)
                .gathered(true)
                .replayable(true)
                .build());
        for (String name : OWNED) {
            routes.add(
                    Route.builder(name, "/v1/" + name + "/**").affinity(OWNER).build());
        }
        return List.copyOf(routes);
    }
}
