package io.ccflare.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What Jackson sees in a document, in the words of {@link RecordedValues}. Bytes that are not UTF-8 are replaced before it looks, since the
 * scanner leaves those within strings to others.
 */
final class Jackson {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private record Container(String path, int start, boolean object) {}

    private final List<String> paths;
    private final String text;
    private final List<String> lines = new ArrayList<>();
    private final Deque<Container> open = new ArrayDeque<>();
    private int documents;

    private Jackson(List<String> paths, byte[] document) {
        this.paths = paths;
        String decoded = new String(document, UTF_8);
        this.text = decoded.startsWith("\ufeff") ? decoded.substring(1) : decoded;
    }

    /** The values on the paths if the document is exactly one whole value, null if it is not. */
    static @Nullable List<String> read(List<String> paths, byte[] document) {
        Jackson jackson = new Jackson(paths, document);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), jackson.text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                jackson.take(token, parser);
            }
        } catch (JacksonException e) {
            return null;
        }
        return jackson.documents == 1 ? jackson.lines : null;
    }

    private void take(JsonToken token, JsonParser parser) {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        switch (token) {
            case PROPERTY_NAME -> {}
            case START_OBJECT, START_ARRAY -> {
                boolean object = token == JsonToken.START_OBJECT;
                String path = place(parser.streamReadContext().getParent());
                report(path, object ? "{" : "[");
                open.push(new Container(path, start, object));
            }
            case END_OBJECT, END_ARRAY -> {
                Container ended = open.pop();
                report(ended.path, "end");
                reportRaw(ended.path, ended.start, start + 1);
                documents += open.isEmpty() ? 1 : 0;
            }
            default -> scalar(token, place(parser.streamReadContext()), start, parser);
        }
    }

    private void scalar(JsonToken token, String path, int start, JsonParser parser) {
        String value = parser.getString();
        int end = start + value.length();
        switch (token) {
            case VALUE_STRING -> {
                end = (int) parser.currentLocation().getCharOffset();
                report(path, "string " + paired(value));
            }
            case VALUE_NUMBER_INT -> report(path, integer(value));
            case VALUE_NUMBER_FLOAT -> report(path, "number " + value);
            case VALUE_NULL -> report(path, "null");
            default -> report(path, "bool " + value);
        }
        reportRaw(path, start, end);
        documents += open.isEmpty() ? 1 : 0;
    }

    private static String integer(String value) {
        try {
            return "integer " + Long.parseLong(value);
        } catch (NumberFormatException e) {
            return "number " + value;
        }
    }

    private static String paired(String value) {
        return value.codePoints()
                .map(c -> Character.getType(c) == Character.SURROGATE ? 0xfffd : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private String place(TokenStreamContext context) {
        Container container = open.peek();
        if (container == null) {
            return "";
        }
        if (!container.object) {
            return container.path + "[]";
        }
        // No path can name such keys: they must not look like other places.
        String key = context.currentName().isEmpty()
                ? "\u0001"
                : context.currentName().replaceAll("[.\\[\\]!]", "\u0001");
        return container.path.isEmpty() ? key : container.path + "." + key;
    }

    private void report(String path, String what) {
        int id = paths.indexOf(path);
        if (id >= 0) {
            lines.add(id + " " + what);
        }
    }

    private void reportRaw(String path, int start, int end) {
        int id = paths.indexOf(path + "!");
        if (id >= 0) {
            lines.add(id + " raw " + text.substring(start, end));
        }
    }
}
