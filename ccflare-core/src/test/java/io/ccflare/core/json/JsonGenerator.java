package io.ccflare.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/** Writes valid documents in every shape that the grammar allows, and damages them. */
final class JsonGenerator {

    private static final String[] KEYS = {
        "a", "b", "c", "role", "über", "a.b", "", "content", "a_key_longer_than_the_paths"
    };
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "7",
        "-12",
        "1234567890",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "-9223372036854775809",
        "92233720368547758070",
        "123456789012345678901234567890",
        "0.0",
        "-1.5",
        "3.14159",
        "1e3",
        "1E+3",
        "2.5e-7",
        "0e0",
        "10",
        "100000000000000000000000"
    };
    private static final String[] PIECES = {
        "x",
        "text",
        " ",
        "0123456",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\b\\f\\r\\t",
        "\\u0041",
        "\\u00e9",
        "\\u4E2D",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00",
        "\\ud83dx",
        "\\ud83d\\ud83d\\ude00",
        "\\ud83d\\n",
        "\\u0000",
        "é",
        "中",
        "😀",
        "{",
        "}",
        "[",
        ",",
        ":",
        "\u007f",
        "\u0080",
        "a longer run of plain text that spans several words"
    };
    private static final String[] SPACES = {"", "", "", "", " ", "\n", "\t", "\r\n  "};

    private final Random random;
    private final StringBuilder out = new StringBuilder();

    private JsonGenerator(Random random) {
        this.random = random;
    }

    static byte[] document(Random random) {
        JsonGenerator generator = new JsonGenerator(random);
        if (random.nextInt(20) == 0) {
            generator.out.append('\ufeff');
        }
        generator.space();
        generator.value(random.nextInt(7));
        generator.space();
        return generator.out.toString().getBytes(UTF_8);
    }

    static byte[] damaged(byte[] document, Random random) {
        int at = random.nextInt(document.length + 1);
        int to = Math.min(document.length, at + 1 + random.nextInt(4));
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        damaged.write(document, 0, at);
        switch (random.nextInt(6)) {
            case 0 -> {
                return damaged.toByteArray();
            }
            case 1 -> damaged.write(random.nextInt(256));
            case 2 -> damaged.write("{}[]\",:0-e.tn\\u \n".charAt(random.nextInt(17)));
            case 3 -> damaged.write(document, at, to - at);
            case 4 -> {
                damaged.write(random.nextInt(256));
                at = Math.min(document.length, at + 1);
            }
            default -> at = to;
        }
        damaged.write(document, at, document.length - at);
        return damaged.toByteArray();
    }

    private void value(int depth) {
        int kind = random.nextInt(depth > 0 ? 12 : 5);
        switch (kind) {
            case 0 -> out.append(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 1 -> out.append(random.nextBoolean() ? "true" : random.nextBoolean() ? "false" : "null");
            case 2, 3, 4 -> string();
            case 5, 6, 7 -> array(depth - 1);
            default -> object(depth - 1);
        }
    }

    private void array(int depth) {
        out.append('[');
        space();
        for (int i = random.nextInt(4); i > 0; i--) {
            value(depth);
            space();
            separate(i);
        }
        out.append(']');
    }

    private void object(int depth) {
        out.append('{');
        space();
        for (int i = random.nextInt(5); i > 0; i--) {
            key();
            space();
            out.append(':');
            space();
            value(depth);
            space();
            separate(i);
        }
        out.append('}');
    }

    private void separate(int left) {
        if (left > 1) {
            out.append(',');
            space();
        }
    }

    private void key() {
        out.append('"');
        String key = KEYS[random.nextInt(KEYS.length)];
        boolean escape = random.nextInt(8) == 0;
        for (char c : key.toCharArray()) {
            out.append(escape && random.nextBoolean() ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        out.append('"');
    }

    private void string() {
        out.append('"');
        if (random.nextInt(3) == 0) {
            // Lengths around the words in which strings are skipped.
            out.append("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", 0, random.nextInt(40));
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            out.append(PIECES[random.nextInt(PIECES.length)]);
        }
        if (random.nextInt(300) == 0) {
            out.append("long ".repeat(600 + random.nextInt(400)));
        }
        out.append('"');
    }

    private void space() {
        out.append(SPACES[random.nextInt(SPACES.length)]);
    }
}
