package io.ccflare.fake;

import java.nio.charset.StandardCharsets;

/** The text that every answer is made of, and its SSE events, rendered once because they are the same in every stream. */
final class Words {
    private static final String[] WORDS = {
        "The ", "wind ", "over ", "Zürich ", "is ", "“mild”, ", "says ", "東京; ", "a ", "🌤 ", "day\n", "follows. "
    };
    private static final byte[][][] EVENTS = new byte[3][WORDS.length][];

    static {
        for (int block = 0; block < EVENTS.length; block++) {
            for (int i = 0; i < WORDS.length; i++) {
                EVENTS[block][i] = SseEvent.delta(block, "text_delta", "text", WORDS[i]);
            }
        }
    }

    private Words() {}

    static byte[] event(int block, int index) {
        return EVENTS[block][index % WORDS.length];
    }

    static String text(int count) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            out.append(WORDS[i % WORDS.length]);
        }
        return out.toString();
    }

    /** Bytes of a file download, the same for the same offset. */
    static byte[] filler(long offset, int length) {
        byte[] pattern = text(WORDS.length).getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) {
            out[i] = pattern[(int) ((offset + i) % pattern.length)];
        }
        return out;
    }
}
