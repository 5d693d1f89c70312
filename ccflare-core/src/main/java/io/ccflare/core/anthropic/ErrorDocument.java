package io.ccflare.core.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Problem;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.core.json.JsonPaths;
import io.ccflare.core.json.JsonScanner;
import io.ccflare.core.json.JsonSink;
import io.ccflare.core.json.Utf8Text;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The API's error document, read and written: {@code {"type":"error","error":{"type":..,"message":..},"request_id":..}}. */
final class ErrorDocument {

    private static final JsonPaths PATHS = JsonPaths.of("error.type", "error.message", "error.details.error_code");
    private static final int MAX_TEXT = 2048;

    private ErrorDocument() {}

    /** The error in a body that may be encoded, cut, or something else altogether; null when none can be made out. */
    static @Nullable UpstreamError read(Headers headers, ByteBuffer body) {
        Fields fields = new Fields();
        Decoding decoding = new Decoding(headers, new JsonScanner(PATHS, MAX_TEXT, fields));
        decoding.feed(body);
        decoding.close();
        return fields.type == null && fields.message == null
                ? null
                : new UpstreamError(fields.type == null ? "" : fields.type, fields.message, fields.code);
    }

    static byte[] write(Problem problem) {
        return text(problem).getBytes(UTF_8);
    }

    static byte[] writeEvent(Problem problem) {
        return ("event: error\ndata: " + text(problem) + "\n\n").getBytes(UTF_8);
    }

    /** The instant stands in a field of its own for programs, and in the message for people. */
    private static String text(Problem problem) {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"type\":\"error\",\"error\":{\"type\":\"").append(ErrorType.ofStatus(problem.status()));
        json.append("\",\"message\":");
        if (problem.retryAt() == null) {
            quote(json, problem.message());
        } else {
            quote(json, problem.message() + " Try again at " + problem.retryAt() + ".");
            json.append(",\"retry_at\":\"").append(problem.retryAt()).append('"');
        }
        json.append("},\"request_id\":");
        quote(json, problem.requestId());
        return json.append('}').toString();
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private static final class Fields implements JsonSink {

        private @Nullable String type;
        private @Nullable String message;
        private @Nullable String code;

        @Override
        public void string(int path, Utf8Text text) {
            switch (path) {
                case 0 -> type = text.toString();
                case 1 -> message = text.toString();
                default -> code = text.toString();
            }
        }
    }
}
