package io.ccflare.core.call;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.provider.Provider;
import io.ccflare.api.provider.Route;
import io.ccflare.core.GatewaySettings;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds out what a request is: whose API, which route, which model, which conversation. */
final class Intake {

    private static final String BASE = "/v1/";

    private Intake() {}

    /** Where a request goes. */
    record Destination(Provider provider, Route route, String path) {}

    /** Whose dialect a request speaks, even when no route takes it: the provider in its path, else the first. */
    static Provider dialect(List<Provider> providers, String path) {
        for (Provider provider : providers) {
            if (hasPrefix(path, provider)) {
                return provider;
            }
        }
        return providers.get(0);
    }

    /** @return null when the pass-through list does not allow it */
    static @Nullable Destination resolve(List<Provider> providers, GatewaySettings settings, String path) {
        for (Provider provider : providers) {
            if (hasPrefix(path, provider)) {
                String rest = path.substring(BASE.length() + provider.name().length());
                return destination(provider, settings, rest);
            }
        }
        for (Provider provider : providers) {
            Destination destination = destination(provider, settings, path);
            if (destination != null) {
                return destination;
            }
        }
        return null;
    }

    private static boolean hasPrefix(String path, Provider provider) {
        int end = BASE.length() + provider.name().length();
        return path.startsWith(BASE)
                && path.startsWith(provider.name(), BASE.length())
                && path.length() > end
                && path.charAt(end) == '/';
    }

    private static @Nullable Destination destination(Provider provider, GatewaySettings settings, String path) {
        for (Route route : settings.extraRoutes()) {
            if (route.matches(path)) {
                return new Destination(provider, route, path);
            }
        }
        for (Route route : provider.routes()) {
            if (route.matches(path)) {
                return settings.deniedRoutes().contains(route.name()) ? null : new Destination(provider, route, path);
            }
        }
        return null;
    }

    /** Whether a path could be read as climbing out of its place by some upstream. */
    static boolean climbs(String path) {
        if (path.indexOf('.') < 0 && path.indexOf('%') < 0) {
            return false;
        }
        String plain = path.toLowerCase(Locale.ROOT)
                .replace("%2e", ".")
                .replace("%2f", "/")
                .replace("%5c", "/")
                .replace("%3b", ";")
                .replace('\\', '/');
        for (String segment : plain.split("/", -1)) {
            // Some servers cut parameters off a segment before they resolve it.
            int parameters = segment.indexOf(';');
            String name = parameters < 0 ? segment : segment.substring(0, parameters);
            if (name.equals(".") || name.equals("..")) {
                return true;
            }
        }
        return false;
    }

    /** @param body the gathered body; null when it streams through */
    static Facts read(
            Destination to, GatewayRequest request, @Nullable List<ByteBuffer> body, GatewaySettings settings) {
        Provider provider = to.provider();
        String named = namedSession(provider, request);
        String model = null;
        boolean stream = false;
        SessionKey session = named == null ? null : SessionKey.told(provider.name(), request.caller(), named);
        boolean conversation = to.route().affinity() == Route.Affinity.CONVERSATION;
        if (body != null) {
            BodyScan scan = BodyScan.of(body, conversation && session == null);
            model = scan.model();
            stream = scan.stream();
            session = session == null ? sessionIn(scan, provider, request, settings) : session;
        }
        String query = request.query();
        return new Facts(
                provider,
                to.route(),
                query == null ? to.path() : to.path() + "?" + query,
                model,
                provider.modelClass(to.route(), model),
                stream,
                conversation ? session : null);
    }

    private static @Nullable String namedSession(Provider provider, GatewayRequest request) {
        for (String header : provider.sessionHeaders()) {
            String value = request.headers().first(header);
            if (value != null && !value.isBlank()) {
                return value;
            }
        }
        return null;
    }

    private static @Nullable SessionKey sessionIn(
            BodyScan scan, Provider provider, GatewayRequest request, GatewaySettings settings) {
        String userId = scan.userId();
        String told = userId == null ? null : SessionKey.inUserId(userId);
        if (told != null) {
            return SessionKey.told(provider.name(), request.caller(), told);
        }
        byte[] beginning = scan.beginning(settings.guessedSessionMinimum());
        return beginning == null ? null : SessionKey.guessed(provider.name(), request.caller(), beginning);
    }
}
