package io.ccflare.api.account;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** What makes an address fit to send a credential to. */
final class Endpoints {

    private static final Set<String> SCHEMES = Set.of("http", "https");

    private Endpoints() {}

    static void check(URI endpoint) {
        String scheme = endpoint.getScheme();
        if (scheme == null || !SCHEMES.contains(scheme.toLowerCase(Locale.ROOT)) || endpoint.getHost() == null) {
            throw new IllegalArgumentException(
                    "an endpoint must be an absolute http or https address such as https://api.anthropic.com, not: "
                            + withoutUserInfo(endpoint));
        }
        if (endpoint.getRawUserInfo() != null || endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "an endpoint must not hold user info, a query or a fragment: " + withoutUserInfo(endpoint));
        }
    }

    private static String withoutUserInfo(URI uri) {
        return uri.toString().replaceFirst("//[^/@]*@", "//****@").replaceFirst("\\?.*", "?****");
    }
}
