package io.ccflare.fake;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/** One answer of the model, as a JSON document or as a stream of events; both say the same. */
record Message(String id, MessageRequest request, Usage usage, int deltas, String signature) {
    private static final String THOUGHT = "Weather first, then the words.";

    static Message answer(MessageRequest request, PromptCache cache, int deltas, Ids ids) {
        long thinking = request.thinking() ? 8 : 0;
        MessageRequest.ToolCall tool = request.tool();
        long output = thinking + (tool == null ? deltas : tool.input().length() / 4 + 10);
        String id = ids.next("msg_");
        String signature = "Eq" + Ids.of(id.hashCode()).repeat(6) + "==";
        return new Message(id, request, cache.count(request.prompt(), output, thinking), deltas, signature);
    }

    String json() {
        MessageRequest.ToolCall tool = request.tool();
        String thought = request.thinking()
                ? "{\"type\":\"thinking\",\"thinking\":" + Json.quote(THOUGHT) + ",\"signature\":\"" + signature
                        + "\"},"
                : "";
        String block = tool == null
                ? "{\"type\":\"text\",\"text\":" + Json.quote(Words.text(deltas)) + "}"
                : toolBlock(tool, tool.input());
        return envelope("[" + thought + block + "]", '"' + stopReason() + '"', usage.whole());
    }

    List<Part> events() {
        List<Part> head = new ArrayList<>();
        head.add(Part.at(SseEvent.of(
                "message_start",
                "{\"type\":\"message_start\",\"message\":" + envelope("[]", "null", usage.atStart()) + "}")));
        int block = request.thinking() ? 1 : 0;
        MessageRequest.ToolCall tool = request.tool();
        if (request.thinking()) {
            head.addAll(thinkingEvents());
        }
        head.add(Part.at(SseEvent.blockStart(
                block, tool == null ? "{\"type\":\"text\",\"text\":\"\"}" : toolBlock(tool, "{}"))));
        head.add(Part.at(SseEvent.of("ping", "{\"type\":\"ping\"}")));
        if (tool != null) {
            head.addAll(inputEvents(block, tool.input()));
        }
        return new Events(head, tool == null ? deltas : 0, block, tail(block));
    }

    private List<Part> tail(int block) {
        return List.of(
                Part.at(SseEvent.blockStop(block)),
                Part.at(SseEvent.of(
                        "message_delta",
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + stopReason()
                                + "\",\"stop_sequence\":null},\"usage\":" + usage.atEnd() + "}")),
                Part.at(SseEvent.of("message_stop", "{\"type\":\"message_stop\"}")));
    }

    private List<Part> thinkingEvents() {
        return List.of(
                Part.at(SseEvent.blockStart(0, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}")),
                new Part(SseEvent.delta(0, "thinking_delta", "thinking", THOUGHT), true),
                new Part(SseEvent.delta(0, "signature_delta", "signature", signature), true),
                Part.at(SseEvent.blockStop(0)));
    }

    private static List<Part> inputEvents(int block, String input) {
        List<Part> fragments = new ArrayList<>();
        fragments.add(new Part(SseEvent.delta(block, "input_json_delta", "partial_json", ""), true));
        int middle = input.length() / 2;
        for (String fragment : List.of(input.substring(0, middle), input.substring(middle))) {
            fragments.add(new Part(SseEvent.delta(block, "input_json_delta", "partial_json", fragment), true));
        }
        return fragments;
    }

    private String toolBlock(MessageRequest.ToolCall tool, String input) {
        return "{\"type\":\"tool_use\",\"id\":\"toolu_" + id.substring(4) + "\",\"name\":" + Json.quote(tool.name())
                + ",\"input\":" + input + "}";
    }

    private String stopReason() {
        return request.tool() == null ? "end_turn" : "tool_use";
    }

    private String envelope(String content, String stopReason, String usageJson) {
        return "{\"id\":\"" + id + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":"
                + Json.quote(request.model()) + ",\"content\":" + content + ",\"stop_reason\":" + stopReason
                + ",\"stop_sequence\":null,\"usage\":" + usageJson + "}";
    }

    /** The events by number; the deltas between head and tail are shared by all streams, so that an open stream is small. */
    private static final class Events extends AbstractList<Part> {
        private final List<Part> head;
        private final int deltas;
        private final int block;
        private final List<Part> tail;

        Events(List<Part> head, int deltas, int block, List<Part> tail) {
            this.head = head;
            this.deltas = deltas;
            this.block = block;
            this.tail = tail;
        }

        @Override
        public Part get(int index) {
            if (index < head.size()) {
                return head.get(index);
            }
            int delta = index - head.size();
            return delta < deltas ? new Part(Words.event(block, delta), true) : tail.get(delta - deltas);
        }

        @Override
        public int size() {
            return head.size() + deltas + tail.size();
        }
    }
}
