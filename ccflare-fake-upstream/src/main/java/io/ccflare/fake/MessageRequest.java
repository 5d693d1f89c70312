package io.ccflare.fake;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the server looks at in the body of a message request. */
record MessageRequest(
        String model,
        boolean stream,
        boolean thinking,
        @Nullable ToolCall tool,
        Prompt prompt) {

    /** A user text that holds this asks for a tool even where {@code tool_choice} leaves it open. */
    static final String TOOL_MARKER = "[use tool]";

    /** The tool that the answer calls, with its input as JSON. */
    record ToolCall(String name, String input) {}

    /** Reads a body, or says in the words of the API what is wrong with it. */
    static MessageRequest of(Map<String, Object> body, boolean counting) throws Json.Malformed {
        if (!(body.get("model") instanceof String model) || model.isEmpty()) {
            throw new Json.Malformed("model: Field required");
        }
        if (!counting && !(body.get("max_tokens") instanceof Json.Num)) {
            throw new Json.Malformed("max_tokens: Field required");
        }
        if (!(body.get("messages") instanceof List<?> messages)) {
            throw new Json.Malformed("messages: Field required");
        }
        if (messages.isEmpty()) {
            throw new Json.Malformed("messages: at least one message is required");
        }
        boolean thinking = body.get("thinking") instanceof Map<?, ?> t && !"disabled".equals(t.get("type"));
        return new MessageRequest(
                model, Boolean.TRUE.equals(body.get("stream")), thinking, tool(body, messages), new Prompt(body));
    }

    private static @Nullable ToolCall tool(Map<String, Object> body, List<?> messages) {
        if (!(body.get("tools") instanceof List<?> tools)) {
            return null;
        }
        Object choice = body.get("tool_choice") instanceof Map<?, ?> c ? c : Map.of();
        Object type = ((Map<?, ?>) choice).get("type");
        boolean forced = "any".equals(type) || "tool".equals(type);
        if (!forced && !text(messages.get(messages.size() - 1)).contains(TOOL_MARKER)) {
            return null;
        }
        Object wanted = ((Map<?, ?>) choice).get("name");
        for (Object candidate : tools) {
            if (candidate instanceof Map<?, ?> tool && tool.get("name") instanceof String name) {
                if (wanted == null || wanted.equals(name)) {
                    return new ToolCall(name, example(tool.get("input_schema")));
                }
            }
        }
        return null;
    }

    private static String text(@Nullable Object message) {
        if (!(message instanceof Map<?, ?> map)) {
            return "";
        }
        Object content = map.get("content");
        if (content instanceof List<?> blocks) {
            return blocks.stream()
                    .map(block -> block instanceof Map<?, ?> b ? String.valueOf(b.get("text")) : "")
                    .collect(Collectors.joining("\n"));
        }
        return String.valueOf(content);
    }

    /** A value that fits the simple kinds of a JSON schema. */
    private static String example(@Nullable Object schema) {
        if (!(schema instanceof Map<?, ?> map)) {
            return "{}";
        }
        if (map.get("enum") instanceof List<?> values && !values.isEmpty() && values.get(0) instanceof String first) {
            return Json.quote(first);
        }
        return switch (String.valueOf(map.get("type"))) {
            case "string" -> "\"Zürich\"";
            case "integer", "number" -> "1";
            case "boolean" -> "true";
            case "array" -> "[]";
            default -> properties(map);
        };
    }

    private static String properties(Map<?, ?> schema) {
        if (!(schema.get("properties") instanceof Map<?, ?> properties)) {
            return "{}";
        }
        return properties.entrySet().stream()
                .map(p -> Json.quote(String.valueOf(p.getKey())) + ":" + example(p.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
