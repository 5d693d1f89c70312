package io.ccflare.fake;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What each path answers when nothing goes wrong. */
final class Routes {
    private static final long MIB = 1 << 20;
    private static final List<String> MODELS =
            List.of("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-2");

    private final Ids ids;
    private final Map<String, PromptCache> caches = new HashMap<>();
    private final Files files;
    private final Batches batches;

    Routes(Ids ids) {
        this.ids = ids;
        this.files = new Files(ids);
        this.batches = new Batches(ids);
    }

    /** The largest body a route takes, in bytes. */
    static long bodyLimit(RequestHead head) {
        String path = head.path();
        if (path.startsWith("/v1/files")) {
            return 500 * MIB;
        }
        return (path.startsWith("/v1/messages/batches") ? 256 : 32) * MIB;
    }

    /** Whether the answer depends on the content of the body, so that all of it must be held. */
    static boolean readsBody(RequestHead head) {
        return head.path().startsWith("/v1/messages");
    }

    Reply reply(Exchange x) {
        RequestHead head = x.call().head();
        String method = head.method().equals("HEAD") ? "GET" : head.method();
        String path = head.path();
        String route = method + " " + path;
        if (route.equals("POST /v1/messages")) {
            return message(x);
        }
        if (route.equals("POST /v1/messages/count_tokens")) {
            return countTokens(x);
        }
        if (path.equals("/v1/messages/batches") || path.startsWith("/v1/messages/batches/")) {
            return batches.reply(x, method, path);
        }
        if (path.equals("/v1/files") || path.startsWith("/v1/files/")) {
            return files.reply(x, method, path);
        }
        if (route.equals("GET /v1/models")) {
            return models();
        }
        if (route.startsWith("GET /v1/models/")) {
            String id = path.substring("/v1/models/".length());
            return MODELS.contains(id) ? Reply.json(200, model(id)) : notFound(x, "model: " + id);
        }
        return notFound(x, "Not found");
    }

    static Reply notFound(Exchange x, String message) {
        return x.bareError(404, "not_found_error", message);
    }

    private Reply message(Exchange x) {
        try {
            MessageRequest request = MessageRequest.of(x.json(), false);
            PromptCache cache = caches.computeIfAbsent(x.account().organization(), org -> new PromptCache());
            Message message = Message.answer(request, cache, x.deltas(), ids);
            return request.stream() ? Reply.events(message.events()) : Reply.json(200, message.json());
        } catch (Json.Malformed e) {
            return x.bareError(400, "invalid_request_error", String.valueOf(e.getMessage()));
        }
    }

    private static Reply countTokens(Exchange x) {
        try {
            Prompt prompt = MessageRequest.of(x.json(), true).prompt();
            return Reply.json(200, "{\"input_tokens\":" + prompt.tokens() + "}");
        } catch (Json.Malformed e) {
            return x.bareError(400, "invalid_request_error", String.valueOf(e.getMessage()));
        }
    }

    private static Reply models() {
        String data = MODELS.stream().map(Routes::model).collect(Collectors.joining(","));
        return Reply.json(
                200,
                "{\"data\":[" + data + "],\"has_more\":false,\"first_id\":\"" + MODELS.get(0) + "\",\"last_id\":\""
                        + MODELS.get(MODELS.size() - 1) + "\"}");
    }

    private static String model(String id) {
        return "{\"type\":\"model\",\"id\":\"" + id + "\",\"display_name\":\"" + id.replace('-', ' ')
                + "\",\"created_at\":\"2026-09-22T00:00:00Z\",\"max_input_tokens\":200000,\"max_tokens\":64000}";
    }
}
