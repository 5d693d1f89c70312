package io.ccflare.testkit.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The far end of an HTTP/2 connection (RFC 9113), played by the test: just frames. What a request says is not looked at, so header blocks need no
 * decoding, and answers use the static table of HPACK (RFC 7541) and plain literals.
 */
final class H2Link {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    static final int END_STREAM = 1;

    /** What a window holds before more is given. */
    static final int FIRST_ROOM = 65_535;

    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length();
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;

    /** One frame. */
    private record Frame(int type, int flags, int stream, byte[] payload) {}

    final Link link;
    private final Set<Integer> begun = new LinkedHashSet<>();
    private final Set<Integer> ended = new LinkedHashSet<>();
    private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
    private final Set<Integer> reset = new LinkedHashSet<>();

    /** How many bytes of a body may be sent before the other side takes any. */
    long streamWindow = FIRST_ROOM;

    private long connectionWindow = FIRST_ROOM;

    /** Takes the preface and tells how many streams may be open. */
    H2Link(Link link, int mostStreams) throws IOException {
        this.link = link;
        link.exactly(PREFACE);
        ByteBuffer settings =
                ByteBuffer.allocate(6).putShort((short) MAX_CONCURRENT_STREAMS).putInt(mostStreams);
        write(SETTINGS, 0, 0, settings.array());
    }

    /** The stream of the next request that has come whole. */
    int request() throws IOException {
        requestComes();
        int stream = ended.iterator().next();
        ended.remove(stream);
        begun.remove(stream);
        return stream;
    }

    /** The stream of the next request, of which no more than the head needs to have come. */
    int begun() throws IOException {
        while (begun.isEmpty()) {
            next();
        }
        int stream = begun.iterator().next();
        begun.remove(stream);
        return stream;
    }

    /** As much of a request's body as has come. */
    byte[] body(int stream) {
        return bodies.getOrDefault(stream, new ByteArrayOutputStream()).toByteArray();
    }

    /** Reads on until so much of a request's body is there. */
    void awaitBody(int stream, int length) throws IOException {
        while (bodies.getOrDefault(stream, new ByteArrayOutputStream()).size() < length) {
            next();
        }
    }

    /** Lets the other side send so many bytes more, on a stream or, where that is 0, on the connection. */
    H2Link giveRoom(int stream, int bytes) throws IOException {
        return write(
                WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /** Reads on until a whole request is there, which {@link #request()} then returns. */
    boolean requestComes() throws IOException {
        while (ended.isEmpty()) {
            next();
        }
        return true;
    }

    /** Waits until the other side gives a stream up. */
    void awaitReset(int stream) throws IOException {
        while (!reset.contains(stream)) {
            next();
        }
    }

    /** Takes the next frame, and answers what the connection itself needs. */
    void next() throws IOException {
        Frame frame = read();
        switch (frame.type()) {
            case SETTINGS -> settings(frame);
            case PING -> {
                if ((frame.flags() & ACK) == 0) {
                    write(PING, ACK, 0, frame.payload());
                }
            }
            case WINDOW_UPDATE -> {
                int more = ByteBuffer.wrap(frame.payload()).getInt() & 0x7FFFFFFF;
                if (frame.stream() == 0) {
                    connectionWindow += more;
                } else {
                    streamWindow += more;
                }
            }
            case HEADERS, DATA -> {
                if (frame.type() == DATA) {
                    bodies.computeIfAbsent(frame.stream(), stream -> new ByteArrayOutputStream())
                            .writeBytes(frame.payload());
                } else {
                    begun.add(frame.stream());
                }
                if ((frame.flags() & END_STREAM) != 0) {
                    ended.add(frame.stream());
                }
            }
            case RST_STREAM -> reset.add(frame.stream());
            default -> {
                // of no interest
            }
        }
    }

    private void settings(Frame frame) throws IOException {
        if ((frame.flags() & ACK) != 0) {
            return;
        }
        ByteBuffer settings = ByteBuffer.wrap(frame.payload());
        while (settings.hasRemaining()) {
            int id = settings.getShort();
            int value = settings.getInt();
            if (id == INITIAL_WINDOW_SIZE) {
                streamWindow += value - FIRST_ROOM;
            }
        }
        write(SETTINGS, ACK, 0, new byte[0]);
    }

    private Frame read() throws IOException {
        ByteBuffer head = ByteBuffer.wrap(link.exactly(9));
        int lengthAndType = head.getInt();
        int flags = head.get() & 0xFF;
        int stream = head.getInt() & 0x7FFFFFFF;
        return new Frame(lengthAndType & 0xFF, flags, stream, link.exactly(lengthAndType >>> 8));
    }

    /** The head of an answer, or of an interim one, or trailers if there is no status. */
    H2Link head(int stream, String status, int flags, String... namesAndValues) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        if (!status.isEmpty()) {
            block.write(8); // a literal whose name is that of entry 8, which is :status
            literal(block, status);
        }
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0);
            literal(block, namesAndValues[i]);
            literal(block, namesAndValues[i + 1]);
        }
        return write(HEADERS, END_HEADERS | flags, stream, block.toByteArray());
    }

    H2Link data(int stream, String text, int flags) throws IOException {
        return write(DATA, flags, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A whole answer. */
    H2Link ok(int stream, String text) throws IOException {
        return head(stream, "200", 0).data(stream, text, END_STREAM);
    }

    H2Link reset(int stream) throws IOException {
        int internalError = 2;
        return write(
                RST_STREAM,
                0,
                stream,
                ByteBuffer.allocate(4).putInt(internalError).array());
    }

    /** How many bytes of a body may be sent now. */
    long window() {
        return Math.min(streamWindow, connectionWindow);
    }

    /** Sends as much of a body as the other side has given room for. */
    long fill(int stream) throws IOException {
        long sent = 0;
        for (long room = window(); room > 0; room = window()) {
            byte[] block = new byte[(int) Math.min(room, 16 * 1024)];
            write(DATA, 0, stream, block);
            streamWindow -= block.length;
            connectionWindow -= block.length;
            sent += block.length;
        }
        return sent;
    }

    private H2Link write(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload);
        link.write(frame.array());
        return this;
    }

    private static void literal(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
