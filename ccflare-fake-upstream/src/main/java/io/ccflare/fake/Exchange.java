package io.ccflare.fake;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One request with an account, and what is needed to answer it. Lives on the server's thread. */
final class Exchange {
    private final RecordedCall call;
    private final FakeAccount account;
    private final Routes routes;
    private final Settings.Pace pace;
    private final String requestId;
    private @Nullable Object json;

    Exchange(RecordedCall call, FakeAccount account, Routes routes, Settings.Pace pace, String requestId) {
        this.call = call;
        this.account = account;
        this.routes = routes;
        this.pace = pace;
        this.requestId = requestId;
    }

    RecordedCall call() {
        return call;
    }

    FakeAccount account() {
        return account;
    }

    int deltas() {
        return pace.deltas();
    }

    Instant now() {
        return call.receivedAt();
    }

    /** The body as a JSON object. */
    @SuppressWarnings("unchecked")
    Map<String, Object> json() throws Json.Malformed {
        if (json == null) {
            json = Json.parse(call.gathered().kept());
        }
        if (json instanceof Map<?, ?> object) {
            return (Map<String, Object>) object;
        }
        throw new Json.Malformed("The request body is not a JSON object");
    }

    /** The model asked for, or "" when the request names none. */
    String model() {
        try {
            return json().get("model") instanceof String model ? model : "";
        } catch (Json.Malformed e) {
            return "";
        }
    }

    /** What the request gets when nothing goes wrong. */
    Reply healthy() {
        return identified(routes.reply(this)).with(account.limitHeaders(this));
    }

    Reply error(int status, String type, String message) {
        return error(status, type, message, "");
    }

    /** An error of the API; {@code details} is JSON that follows the message, with its comma. */
    Reply error(int status, String type, String message, String details) {
        return identified(plainError(status, type, message, details, requestId));
    }

    /** An error without the headers of the account, which {@link #healthy()} adds. */
    Reply bareError(int status, String type, String message) {
        return plainError(status, type, message, "", requestId);
    }

    static Reply plainError(int status, String type, String message, String details, String requestId) {
        return Reply.json(
                status,
                "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":" + Json.quote(message) + details
                        + "},\"request_id\":\"" + requestId + "\"}");
    }

    static List<HeaderField> edgeHeaders(Instant now, String requestId) {
        return List.of(
                new HeaderField("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC))),
                new HeaderField("request-id", requestId),
                new HeaderField("via", "1.1 google"),
                new HeaderField("Server", "cloudflare"),
                new HeaderField("X-Robots-Tag", "none"));
    }

    Stream<Step> play(Reply reply) {
        return pace.play(reply);
    }

    /** The head and some of the parts, without an end. */
    Stream<Step> begin(Reply reply, List<Part> parts) {
        return pace.begin(reply, parts);
    }

    Stream<Step> parts(List<Part> parts) {
        return pace.parts(parts);
    }

    Settings.Pace pace() {
        return pace;
    }

    private Reply identified(Reply reply) {
        List<HeaderField> headers = new ArrayList<>(edgeHeaders(now(), requestId));
        headers.add(new HeaderField("anthropic-organization-id", account.organization()));
        return reply.with(headers);
    }
}
