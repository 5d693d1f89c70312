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
 * @since 1.0
 */
public record Received(String line, List<String> fields, byte[] body) {

    /** As it stands in the request line. */
    public String target() {
        return line.split(" ", -1)[1];
    }

    /** The values of a header, in order; the case of its name does not matter. */
    public List<String> all(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return fields.stream()
                .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(start))
                .map(field -> field.substring(start.length()).strip())
                .toList();
    }

    /** Header names in lower case, in order, repeated ones each time. */
    public List<String> names() {
        return fields.stream()
                .map(field -> field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The body, in ISO 8859-1. */
    public String text() {
        return new String(body, StandardCharsets.ISO_8859_1);
    }
}
