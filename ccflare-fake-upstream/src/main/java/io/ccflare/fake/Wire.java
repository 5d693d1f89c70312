package io.ccflare.fake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Puts a reply into bytes, and holds what the peer has no room for yet. */
final class Wire {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Map<Integer, String> REASONS = Map.ofEntries(
            Map.entry(200, "OK"),
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(402, "Payment Required"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(413, "Payload Too Large"),
            Map.entry(422, "Unprocessable Entity"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(505, "HTTP Version Not Supported"));

    private ByteBuffer pending = ByteBuffer.allocate(0);
    private boolean chunked;

    /** Begins a response; {@code bodiless} when the request or the status forbids a body. */
    void head(Reply reply, boolean keep, boolean bodiless) {
        StringBuilder out = new StringBuilder("HTTP/1.1 ")
                .append(reply.status())
                .append(' ')
                .append(REASONS.getOrDefault(reply.status(), ""))
                .append("\r\n");
        reply.headers().forEach(h -> line(out, h.name(), h.value()));
        boolean framed = reply.status() >= 200 && reply.status() != 204;
        if (framed && reply.framing() instanceof Framing.Length length) {
            line(out, "Content-Length", Long.toString(length.bytes()));
        } else if (framed && reply.framing() instanceof Framing.Chunked) {
            line(out, "Transfer-Encoding", "chunked");
        }
        if (!keep) {
            line(out, "Connection", "close");
        }
        chunked = framed && !bodiless && reply.framing() instanceof Framing.Chunked;
        add(ByteBuffer.wrap(out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1)));
    }

    void body(byte[] bytes) {
        if (!chunked) {
            raw(bytes);
        } else if (bytes.length > 0) {
            byte[] size = Integer.toHexString(bytes.length).getBytes(StandardCharsets.US_ASCII);
            ByteBuffer chunk = ByteBuffer.allocate(size.length + bytes.length + 4);
            add(chunk.put(size).put(CRLF).put(bytes).put(CRLF).flip());
        }
    }

    void raw(byte[] bytes) {
        add(ByteBuffer.wrap(bytes));
    }

    void end() {
        if (chunked) {
            raw(LAST_CHUNK);
        }
    }

    /** Writes what there is; true when all of it is written. */
    boolean flush(SocketChannel channel) throws IOException {
        if (pending.hasRemaining()) {
            channel.write(pending);
        }
        return !pending.hasRemaining();
    }

    private void add(ByteBuffer more) {
        pending = pending.hasRemaining()
                ? ByteBuffer.allocate(pending.remaining() + more.remaining())
                        .put(pending)
                        .put(more)
                        .flip()
                : more;
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(name).append(": ").append(value).append("\r\n");
    }
}
