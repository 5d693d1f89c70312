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
        if (!(credential instanceof Credential.ApiKey apiKey)) {
            throw new IllegalArgumentException("not a credential that this provider takes");
        }
        // The gateway has taken the caller's credentials away already; two on one request would be refused, or worse,
        // be mixed up.
        return callers.toBuilder()
                .removeIf(name -> name.equalsIgnoreCase(KEY) || name.equalsIgnoreCase(AUTHORIZATION))
                .add(KEY, apiKey.key().reveal())
                .build();
    }
}
