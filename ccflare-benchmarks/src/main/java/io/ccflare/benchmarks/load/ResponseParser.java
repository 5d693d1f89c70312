package io.ccflare.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads one HTTP/1.1 response after the other from bytes as they come, and counts the content events of a stream. */
final class ResponseParser {

    private static final byte[] DELTA = "event: content_block_delta\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_HEAD = 32 << 10;

    private enum State {
        HEAD,
        FIXED,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        COMPLETE
    }

    private final ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    private State state = State.HEAD;
    private int status;
    private boolean chunked;
    private boolean events;
    private long left;
    private int headBytes;
    private int deltas;
    private int column;
    private boolean matches;

    /** Makes ready for the next response. */
    void next() {
        line.reset();
        state = State.HEAD;
        status = 0;
        chunked = false;
        events = false;
        left = 0;
        headBytes = 0;
        deltas = 0;
        column = 0;
        matches = true;
    }

    /** Takes bytes up to the response's end. @return whether it is complete */
    boolean take(ByteBuffer in) throws IOException {
        while (state != State.COMPLETE && in.hasRemaining()) {
            if (state == State.FIXED || state == State.CHUNK) {
                body(in);
            } else {
                byte b = in.get();
                if (b == '\n') {
                    lineEnded();
                } else if (b != '\r') {
                    line.write(b);
                }
            }
        }
        return state == State.COMPLETE;
    }

    int status() {
        return status;
    }

    /** How many content events have begun to arrive. */
    int deltas() {
        return deltas;
    }

    private void body(ByteBuffer in) {
        int length = (int) Math.min(left, in.remaining());
        if (events) {
            for (int i = 0; i < length; i++) {
                look(in.get());
            }
        } else {
            in.position(in.position() + length);
        }
        left -= length;
        if (left == 0) {
            state = state == State.CHUNK ? State.CHUNK_END : State.COMPLETE;
        }
    }

    private void look(byte b) {
        matches &= column < DELTA.length && b == DELTA[column];
        column++;
        if (b == '\n') {
            if (matches && column == DELTA.length) {
                deltas++;
            }
            column = 0;
            matches = true;
        }
    }

    private void lineEnded() throws IOException {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        line.reset();
        headBytes += text.length();
        if (headBytes > MAX_HEAD && state == State.HEAD) {
            throw new IOException("the head of a response is longer than " + MAX_HEAD + " bytes");
        }
        switch (state) {
            case HEAD -> header(text.toLowerCase(Locale.ROOT));
            case CHUNK_SIZE -> {
                left = Long.parseLong(text.strip(), 16);
                state = left == 0 ? State.TRAILERS : State.CHUNK;
            }
            case CHUNK_END -> state = State.CHUNK_SIZE;
            case TRAILERS -> state = text.isEmpty() ? State.COMPLETE : State.TRAILERS;
            default -> throw new IllegalStateException(state.name());
        }
    }

    private void header(String text) {
        if (status == 0) {
            status = Integer.parseInt(text.split(" ", 3)[1]);
        } else if (text.isEmpty()) {
            boolean empty = !chunked && left == 0;
            state = empty ? State.COMPLETE : chunked ? State.CHUNK_SIZE : State.FIXED;
        } else if (text.startsWith("content-length:")) {
            left = Long.parseLong(text.substring(15).strip());
        } else if (text.startsWith("transfer-encoding:")) {
            chunked = text.endsWith("chunked");
        } else if (text.startsWith("content-type:")) {
            events = text.contains("text/event-stream");
        }
    }
}
