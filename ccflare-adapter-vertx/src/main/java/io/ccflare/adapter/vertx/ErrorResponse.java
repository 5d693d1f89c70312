package io.ccflare.adapter.vertx;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.nio.charset.StandardCharsets;

/**
 * What a caller gets when the adapter itself has to answer: a request that cannot be handed over, or a handler that is
 * broken. Thread-safe.
 *
 * @since 1.0
 */
@FunctionalInterface
public interface ErrorResponse {

    /**
     * The answer to one request.
     *
     * @param status 400 for a request that cannot be handed over, 500 for a handler that failed, or a body that was read before the adapter got it
     * @param message one sentence for people, safe to show to the caller
     */
    GatewayResponse of(int status, String message);

    /**
     * The default: JSON as the Anthropic API writes it, {@code {"type":"error","error":{"type":"invalid_request_error","message":"..."}}};
     * {@code api_error} for 500.
     */
    static ErrorResponse json() {
        return (status, message) -> {
            String type = status < 500 ? "invalid_request_error" : "api_error";
            String json = "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + escape(message)
                    + "\"}}";
            FixedBody body = FixedBody.of(json.getBytes(StandardCharsets.UTF_8));
            Headers headers =
                    Headers.of("Content-Type", "application/json", "Content-Length", Integer.toString(body.length()));
            return GatewayResponse.of(status, headers, body);
        };
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ') {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
