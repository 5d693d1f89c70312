package io.ccflare.core.call;

import io.ccflare.api.http.Headers;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Which header fields end here, in each direction. Everything else passes, in its order and spelling.
 *
 * <p>Hop-by-hop fields are those of RFC 9110 section 7.6.1, and whatever {@code Connection} names.
 */
final class HeaderRules {

    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-authentication-info",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    /** A caller's own credentials: they are for the host, never for an upstream. */
    private static final Set<String> CREDENTIALS =
            Set.of("authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "cookie2");

    private static final Set<String> REQUEST_ONLY =
            Set.of("host", "content-length", "expect", "accept-encoding", "forwarded", "x-real-ip");

    /** They speak of the upstream's own origin, or would carry one account's cookies to another's caller. */
    private static final Set<String> RESPONSE_ONLY =
            Set.of("set-cookie", "set-cookie2", "alt-svc", "strict-transport-security", "nel", "report-to");

    /** What {@code Connection} may not take away. */
    private static final Set<String> END_TO_END = Set.of("content-type", "content-encoding", "cache-control", "date");

    private static final FieldNames NOT_UP = FieldNames.of(HOP_BY_HOP, CREDENTIALS, REQUEST_ONLY);
    private static final FieldNames NOT_DOWN = FieldNames.of(HOP_BY_HOP, RESPONSE_ONLY);
    private static final String FORWARDED = "x-forwarded-";
    private static final String OWN = "ccflare-";

    private HeaderRules() {}

    /** The caller's fields as they may go up. */
    static Headers up(Headers headers, boolean passAcceptEncoding) {
        Set<String> named = namedByConnection(headers);
        String acceptEncoding = passAcceptEncoding ? headers.first("accept-encoding") : null;
        Headers.Builder kept = headers.toBuilder()
                .removeIf(name ->
                        NOT_UP.contains(name) || begins(name, FORWARDED) || begins(name, OWN) || isIn(named, name));
        return kept.add("accept-encoding", acceptEncoding == null ? "identity" : acceptEncoding)
                .build();
    }

    /** An upstream's fields as they may come down. */
    static Headers.Builder down(Headers headers) {
        Set<String> named = namedByConnection(headers);
        return headers.toBuilder().removeIf(name -> NOT_DOWN.contains(name) || begins(name, OWN) || isIn(named, name));
    }

    private static boolean begins(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private static boolean isIn(Set<String> named, String name) {
        return !named.isEmpty() && named.contains(name.toLowerCase(Locale.ROOT));
    }

    private static Set<String> namedByConnection(Headers headers) {
        Set<String> named = null;
        for (String value : headers.all("connection")) {
            for (String token : value.split(",")) {
                String name = token.strip().toLowerCase(Locale.ROOT);
                if (!name.isEmpty() && !END_TO_END.contains(name)) {
                    named = named == null ? new HashSet<>() : named;
                    named.add(name);
                }
            }
        }
        return named == null ? Set.of() : named;
    }
}
