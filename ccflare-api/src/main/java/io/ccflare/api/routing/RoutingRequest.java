package io.ccflare.api.routing;

import org.jspecify.annotations.Nullable;

/**
 * What a strategy may know of a request.
 *
 * @param provider the name of the provider that it is for
 * @param route the name of its route
 * @param model the model that it names; null when none was read
 * @param modelClass the provider's class of that model, the unit of its rate limits; null when not known
 * @param session the digest of its session key; null when it has none
 * @param caller who asks, as the host told; null when nobody is known
 * @since 1.0
 */
public record RoutingRequest(
        String provider,
        String route,
        @Nullable String model,
        @Nullable String modelClass,
        @Nullable String session,
        @Nullable String caller) {}
