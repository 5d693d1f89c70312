package io.ccflare.httpclient;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.Headers;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the gateway's request of the JDK's. */
record Translation(String mount, Function<HttpRequest, @Nullable String> caller) {

    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "content-length", "expect", "host", "upgrade");

    /** @throws IllegalArgumentException if the request is not one that a {@link HttpRequest.Builder} would build */
    GatewayRequest of(HttpRequest request, Call<?> call) {
        String method = request.method() == null ? "GET" : request.method();
        if (method.equals("CONNECT")) {
            throw new IllegalArgumentException("Unsupported method CONNECT");
        }
        GatewayRequest.Builder builder = GatewayRequest.builder(method, BaseUrl.target(request.uri()))
                .mount(mount)
                .caller(caller.apply(request))
                .headers(headers(request));
        BodyPublisher body = request.bodyPublisher().orElse(null);
        long length = body == null ? 0 : Math.max(-1, body.contentLength());
        if (body == null || length == 0) {
            return builder.body(FixedBody.empty()).build();
        }
        return builder.body(new RequestBody(body, length, call.uploads(), call::fail), length)
                .build();
    }

    private static Headers headers(HttpRequest request) {
        Headers.Builder headers = Headers.builder();
        for (Map.Entry<String, List<String>> field : request.headers().map().entrySet()) {
            if (!OF_THE_CONNECTION.contains(field.getKey().toLowerCase(Locale.ROOT))) {
                for (String value : field.getValue()) {
                    headers.add(field.getKey(), value);
                }
            }
        }
        return headers.build();
    }
}
