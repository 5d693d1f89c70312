package io.ccflare.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Random;

/** Writes Messages requests of a given size with the mix that coding agents send: system prompt, tool schemas, tool results, code. */
public final class MessagesBody {

    private static final String[] WORDS = {
        "the",
        "function",
        "returns",
        "value",
        "of",
        "request",
        "public static",
        "if (x < 3) {",
        "account",
        "\\n    ",
        "\\\"name\\\"",
        "stream",
        "é",
        "—",
        "2026",
        "error.",
        "tokens"
    };
    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"file_path\":{\"type\":\"string\",\"description\":\"The "
                    + "absolute path\"},\"limit\":{\"type\":\"number\",\"minimum\":0},\"options\":{\"type\":\"array\",\"items\":{\"type\":"
                    + "\"string\",\"enum\":[\"a\",\"b\"]}}},\"required\":[\"file_path\"],\"additionalProperties\":false}";

    private final Random random = new Random(7);
    private final StringBuilder out = new StringBuilder();

    private MessagesBody() {}

    /** Returns a request for a stream. */
    public static byte[] ofSize(int bytes) {
        MessagesBody body = new MessagesBody();
        body.write(bytes);
        return body.out.toString().getBytes(UTF_8);
    }

    private void write(int size) {
        out.append(
                        "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":32000,\"stream\":true,\"metadata\":{\"user_id\":\"user_1_session_2\"},")
                .append("\"system\":[{\"type\":\"text\",\"text\":\"");
        text(size / 8);
        out.append("\",\"cache_control\":{\"type\":\"ephemeral\"}}],\"tools\":[");
        for (int tool = 0; out.length() < size * 4 / 10; tool++) {
            out.append(tool == 0 ? "" : ",")
                    .append("{\"name\":\"tool_")
                    .append(tool)
                    .append("\",\"description\":\"");
            text(600);
            out.append("\",\"input_schema\":").append(SCHEMA).append('}');
        }
        out.append("],\"messages\":[");
        for (int turn = 0; turn == 0 || out.length() < size; turn++) {
            out.append(turn == 0 ? "" : ",");
            turn(turn, Math.min(1800, size / 4));
        }
        out.append("]}");
    }

    private void turn(int turn, int resultSize) {
        if (turn % 2 == 0) {
            out.append("{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"toolu_")
                    .append(turn);
            out.append("\",\"content\":[{\"type\":\"text\",\"text\":\"");
            text(resultSize);
            out.append("\"}]}]}");
        } else {
            out.append("{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"");
            text(300);
            out.append("\"},{\"type\":\"tool_use\",\"id\":\"toolu_").append(turn);
            out.append("\",\"name\":\"Read\",\"input\":{\"file_path\":\"/src/main/A.java\",\"offset\":12}}]}");
        }
    }

    private void text(int size) {
        int end = out.length() + size;
        while (out.length() < end) {
            out.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
        }
    }
}
