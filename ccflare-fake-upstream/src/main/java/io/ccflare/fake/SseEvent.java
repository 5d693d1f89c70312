package io.ccflare.fake;

import java.nio.charset.StandardCharsets;

/** Renders server-sent events. */
final class SseEvent {
    private SseEvent() {}

    static byte[] of(String name, String data) {
        return ("event: " + name + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] delta(int block, String type, String field, String text) {
        return of(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":" + block + ",\"delta\":{\"type\":\"" + type + "\",\""
                        + field + "\":" + Json.quote(text) + "}}");
    }

    static byte[] blockStart(int block, String content) {
        return of(
                "content_block_start",
                "{\"type\":\"content_block_start\",\"index\":" + block + ",\"content_block\":" + content + "}");
    }

    static byte[] blockStop(int block) {
        return of("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":" + block + "}");
    }

    static byte[] error(String type, String message) {
        return of(
                "error",
                "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":" + Json.quote(message) + "}}");
    }
}
