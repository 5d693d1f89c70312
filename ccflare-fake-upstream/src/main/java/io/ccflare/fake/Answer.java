package io.ccflare.fake;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A response that is given exactly: nothing is added but its framing. For tests that compare bytes.
 *
 * <p>Immutable; each method returns a changed copy.
 *
 * @since 1.0
 */
public final class Answer {
    private final Reply reply;
    private final byte[] raw;

    private Answer(Reply reply, byte[] raw) {
        this.reply = reply;
        this.raw = raw;
    }

    /** Returns an answer with no header and an empty body. */
    public static Answer status(int status) {
        return new Answer(new Reply(status, List.of(), new Framing.Length(0), false, List.of()), new byte[0]);
    }

    /** Returns an answer that writes these bytes to the connection, status line and all, and closes it. */
    public static Answer raw(byte[] bytes) {
        return new Answer(status(200).reply, bytes.clone());
    }

    /** Adds a header line, after those added before; names may repeat. */
    public Answer header(String name, String value) {
        return new Answer(reply.with(name, value), raw);
    }

    /** Sets a body sent in one piece with {@code Content-Length}. */
    public Answer body(byte[] bytes) {
        return new Answer(reply.withParts(List.of(Part.at(bytes.clone()))), raw);
    }

    /** Sets a body in UTF-8, sent in one piece with {@code Content-Length}. */
    public Answer body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets a body sent chunked, each piece written and flushed on its own after the server's event interval. */
    public Answer chunks(List<byte[]> pieces) {
        List<Part> parts = new ArrayList<>();
        for (byte[] piece : pieces) {
            if (piece.length > 0) {
                parts.add(new Part(piece.clone(), true));
            }
        }
        return new Answer(new Reply(reply.status(), reply.headers(), new Framing.Chunked(), true, parts), raw);
    }

    /** Sets the content type of an event stream and a body of these texts, one piece each; blank lines are the caller's. */
    public Answer events(String... events) {
        List<byte[]> pieces = Arrays.stream(events)
                .map(e -> e.getBytes(StandardCharsets.UTF_8))
                .toList();
        return header("Content-Type", "text/event-stream").chunks(pieces);
    }

    /** Makes the body end with the connection, with neither a length nor chunks. */
    public Answer untilClose() {
        return new Answer(reply.framed(new Framing.UntilClose()), raw);
    }

    Stream<Step> play(Settings.Pace pace) {
        return raw.length > 0 ? Stream.of(new Step.Raw(raw), Step.Signal.CLOSE) : pace.play(reply);
    }
}
