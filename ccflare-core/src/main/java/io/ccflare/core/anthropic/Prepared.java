package io.ccflare.core.anthropic;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.ProviderCall;
import io.ccflare.api.transport.UpstreamRequest;
import java.net.URI;

/** Turns a caller's request into a call for one account: nothing changes but address and credential. */
final class Prepared {

    private static final URI API = URI.create("https://api.anthropic.com");
    private static final String KEY = "x-api-key";
    private static final String AUTHORIZATION = "authorization";
    private static final String BETA = "anthropic-beta";
    /** The API takes OAuth tokens only with this beta. */
    private static final String OAUTH_BETA = "oauth-2025-04-20";

    private Prepared() {}

    static UpstreamRequest prepare(ProviderCall call, Account account) {
        URI endpoint = account.endpoint() == null ? API : account.endpoint();
        return new UpstreamRequest(
                call.method(),
                endpoint,
                basePath(endpoint) + call.target(),
                headers(call.headers(), account.credential()),
                call.body());
    }

    private static String basePath(URI endpoint) {
        String path = endpoint.getRawPath();
        if (path == null) {
            return "";
        }
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static Headers headers(Headers callers, Credential credential) {
        // The gateway has taken the caller's credentials away already; two on one request would be refused, or worse,
        // be mixed up.
        Headers.Builder headers = callers.toBuilder()
                .removeIf(name -> name.equalsIgnoreCase(KEY) || name.equalsIgnoreCase(AUTHORIZATION));
        if (credential instanceof Credential.ApiKey apiKey) {
            headers.add(KEY, apiKey.key().reveal());
        } else if (credential instanceof Credential.OAuth oauth) {
            headers.add(AUTHORIZATION, "Bearer " + oauth.access().reveal());
            if (!hasOauthBeta(callers)) {
                headers.add(BETA, OAUTH_BETA);
            }
        }
        return headers.build();
    }

    private static boolean hasOauthBeta(Headers headers) {
        for (String line : headers.all(BETA)) {
            for (String token : line.split(",")) {
                if (token.strip().equals(OAUTH_BETA)) {
                    return true;
                }
            }
        }
        return false;
    }
}
