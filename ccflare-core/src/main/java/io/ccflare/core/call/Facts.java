package io.ccflare.core.call;

import io.ccflare.api.provider.Provider;
import io.ccflare.api.provider.Route;
import io.ccflare.api.routing.RoutingRequest;
import org.jspecify.annotations.Nullable;

/**
 * What intake found out about a request.
 *
 * @param provider whose API is asked for
 * @param route the route that took it
 * @param target the raw path and query to send up
 * @param model null when none was read
 * @param modelClass null when not known
 * @param stream whether a stream is asked for
 * @param session null when it has none
 */
record Facts(
        Provider provider,
        Route route,
        String target,
        @Nullable String model,
        @Nullable String modelClass,
        boolean stream,
        @Nullable SessionKey session) {

    RoutingRequest routing(@Nullable String caller) {
        return new RoutingRequest(
                provider.name(), route.name(), model, modelClass, session == null ? null : session.digest(), caller);
    }

    /** The same, without a session. */
    Facts withoutSession() {
        return new Facts(provider, route, target, model, modelClass, stream, null);
    }
}
