package io.ccflare.fake;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A response before it is bent by a fault.
 *
 * @param stream whether the parts are SSE events
 * @param parts may be a lazy view; each access renders
 */
record Reply(int status, List<HeaderField> headers, Framing framing, boolean stream, List<Part> parts) {

    static Reply json(int status, String body) {
        return whole(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    static Reply whole(int status, String contentType, byte[] body) {
        return new Reply(
                status,
                List.of(new HeaderField("Content-Type", contentType)),
                new Framing.Length(body.length),
                false,
                List.of(Part.at(body)));
    }

    static Reply events(List<Part> events) {
        return new Reply(
                200,
                List.of(
                        new HeaderField("Content-Type", "text/event-stream; charset=utf-8"),
                        new HeaderField("Cache-Control", "no-cache")),
                new Framing.Chunked(),
                true,
                events);
    }

    Reply with(List<HeaderField> more) {
        List<HeaderField> all = new ArrayList<>(headers);
        all.addAll(more);
        return new Reply(status, List.copyOf(all), framing, stream, parts);
    }

    Reply with(String name, String value) {
        return with(List.of(new HeaderField(name, value)));
    }

    Reply withParts(List<Part> changed) {
        boolean whole = framing instanceof Framing.Length;
        return new Reply(status, headers, whole ? new Framing.Length(size(changed)) : framing, stream, changed);
    }

    Reply framed(Framing other) {
        return new Reply(status, headers, other, stream, parts);
    }

    /** The place where a fault of a stream strikes: for a stream after {@code events} events, for a body in its middle. */
    int breakAt(int events) {
        return stream ? Math.min(events, parts.size() - 1) : 1;
    }

    /** A stream as it is; any other body in two halves, so that there is a place to break it. */
    Reply breakable() {
        if (stream || parts.size() > 1) {
            return this;
        }
        byte[] whole = parts.isEmpty() ? new byte[0] : parts.get(0).bytes();
        int middle = (whole.length + 1) / 2;
        return new Reply(
                status,
                headers,
                framing,
                false,
                List.of(
                        Part.at(Arrays.copyOf(whole, middle)),
                        Part.at(Arrays.copyOfRange(whole, middle, whole.length))));
    }

    static long size(List<Part> parts) {
        return parts.stream().map(Part::bytes).mapToLong(b -> b.length).sum();
    }
}
