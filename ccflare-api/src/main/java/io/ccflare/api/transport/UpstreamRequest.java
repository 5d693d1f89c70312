package io.ccflare.api.transport;

import io.ccflare.api.http.Headers;
import java.net.URI;
import java.util.Objects;

/**
 * One prepared call: all that goes over the wire, credential included. Immutable; its text shows neither headers nor query.
 *
 * @param method as the caller sent it
 * @param origin scheme, host and port; a path in it is ignored
 * @param target the raw origin-form target, path and query, as it is to stand in the request line
 * @param headers end-to-end headers; neither {@code Host} nor framing, which are the transport's
 * @param body what goes with it
 * @since 1.0
 */
public record UpstreamRequest(String method, URI origin, String target, Headers headers, UpstreamBody body) {

    public UpstreamRequest {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(body, "body");
    }

    @Override
    public String toString() {
        int mark = target.indexOf('?');
        return method + " " + origin.getScheme() + "://" + origin.getAuthority()
                + (mark < 0 ? target : target.substring(0, mark));
    }
}
