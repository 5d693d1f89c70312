package io.ccflare.api.provider;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.UpstreamBody;
import java.util.Objects;

/**
 * What a provider prepares a call from.
 *
 * @param route the route that took the request
 * @param method as the caller sent it
 * @param target the raw path and query of the API, mount and provider prefix stripped
 * @param headers the caller's end-to-end headers, already without any credential, cookie, hop-by-hop or gateway header, and with the
 *     {@code Accept-Encoding} that the gateway chose
 * @param body what goes up with it
 * @since 1.0
 */
public record ProviderCall(Route route, String method, String target, Headers headers, UpstreamBody body) {
    public ProviderCall {
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(body, "body");
    }

    /** Method and path; neither query nor headers. */
    @Override
    public String toString() {
        int mark = target.indexOf('?');
        return "ProviderCall[" + method + " " + (mark < 0 ? target : target.substring(0, mark)) + "]";
    }
}
