package io.ccflare.core.sse;

import java.util.ArrayList;
import java.util.List;

/** Parses a whole stream the plain way, by the words of the HTML standard. Text is one char per byte. */
final class ReferenceSse {

    record Event(String name, String data) {}

    private ReferenceSse() {}

    static List<Event> parse(String stream) {
        String text = stream.startsWith("\u00ef\u00bb\u00bf") ? stream.substring(3) : stream;
        List<Event> events = new ArrayList<>();
        String[] lines = text.split("\r\n|\n|\r", -1);
        String name = "";
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < lines.length - 1; i++) { // what follows the last line end is no line yet
            String line = lines[i];
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    events.add(new Event(name, data.substring(0, data.length() - 1)));
                }
                name = "";
                data.setLength(0);
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            if (field.equals("event")) {
                name = value;
            } else if (field.equals("data")) {
                data.append(value).append('\n');
            }
        }
        return events;
    }

    /** Whether the stream ends outside events: nothing but whole comments since the last blank line. */
    static boolean endsAtBoundary(String stream) {
        String text = stream.startsWith("\u00ef\u00bb\u00bf") ? stream.substring(3) : stream;
        boolean boundary = true;
        String[] lines = text.split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length - 1; i++) {
            boundary = lines[i].isEmpty() || boundary && lines[i].startsWith(":");
        }
        return boundary && lines[lines.length - 1].isEmpty();
    }
}
