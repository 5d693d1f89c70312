package io.ccflare.testkit.transport;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A request as it stood on the wire.
 *
 * @param line the request line
 * @param fields header lines, as they came
 * @param body without its framing; empty where only the head was read
 */
record Received(String line, List<String> fields, byte[] body) {

    String target() {
        return line.split(" ", -1)[1];
    }

    /** The values of a header, in order. */
    List<String> all(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return fields.stream()
                .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(start))
                .map(field -> field.substring(start.length()).strip())
                .toList();
    }

    /** Header names in lower case, in order, repeated ones each time. */
    List<String> names() {
        return fields.stream()
                .map(field -> field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT))
                .toList();
    }

    String text() {
        return new String(body, StandardCharsets.ISO_8859_1);
    }
}
