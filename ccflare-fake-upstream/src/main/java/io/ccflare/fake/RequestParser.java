package io.ccflare.fake;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1.1 requests from bytes as they come, and refuses what RFC 9112 calls ambiguous: a gateway must never send that. */
final class RequestParser {
    private static final int HEAD_LIMIT = 64 * 1024;

    private enum State {
        REQUEST_LINE,
        HEADERS,
        BODY,
        CHUNK_SIZE,
        CHUNK_END,
        TRAILERS,
        COMPLETE
    }

    private final Function<RequestHead, Gathered> bodies;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final List<HeaderField> headers = new ArrayList<>();
    private State state = State.REQUEST_LINE;
    private String[] requestLine = {};
    private int headSize;
    private long left;
    private boolean chunked;
    private boolean wantsContinue;
    private @Nullable RequestHead head;
    private @Nullable Gathered body;

    RequestParser(Function<RequestHead, Gathered> bodies) {
        this.bodies = bodies;
    }

    /** Takes bytes up to the end of one request and leaves the rest; true when the request is complete. */
    boolean take(ByteBuffer in) throws BadRequest {
        while (state != State.COMPLETE && in.hasRemaining()) {
            if (state == State.BODY) {
                data(in);
            } else if (lineEnds(in)) {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                line.reset();
                onLine(text.substring(0, text.length() - 2));
            }
        }
        return state == State.COMPLETE;
    }

    /** Whether a request has begun and is not complete. */
    boolean isInside() {
        return state != State.COMPLETE && (state != State.REQUEST_LINE || line.size() > 0);
    }

    /** Whether the peer waits for a 100 before it sends the body; true once per request. */
    boolean takeContinue() {
        boolean wanted = wantsContinue && state != State.COMPLETE;
        wantsContinue = false;
        return wanted;
    }

    RequestHead head() {
        if (head == null) {
            throw new IllegalStateException("The headers are not complete");
        }
        return head;
    }

    Gathered body() {
        if (body == null) {
            throw new IllegalStateException("The headers are not complete");
        }
        return body;
    }

    void next() {
        state = State.REQUEST_LINE;
        headers.clear();
        headSize = 0;
        chunked = false;
        wantsContinue = false;
        head = null;
        body = null;
    }

    private boolean lineEnds(ByteBuffer in) throws BadRequest {
        while (in.hasRemaining()) {
            byte b = in.get();
            line.write(b);
            if (++headSize > HEAD_LIMIT) {
                throw new BadRequest(431, "The request line and headers exceed " + HEAD_LIMIT + " bytes");
            }
            if (b == '\n') {
                return checkLine();
            }
        }
        return false;
    }

    private boolean checkLine() throws BadRequest {
        byte[] bytes = line.toByteArray();
        for (int i = 0; i < bytes.length - 2; i++) {
            if (bytes[i] == '\r' || bytes[i] == 0) {
                throw new BadRequest(400, "A bare CR or a NUL stands in the request head");
            }
        }
        if (bytes.length < 2 || bytes[bytes.length - 2] != '\r') {
            throw new BadRequest(400, "A line of the request head does not end with CR LF");
        }
        return true;
    }

    private void onLine(String text) throws BadRequest {
        switch (state) {
            case REQUEST_LINE -> requestLine(text);
            case HEADERS -> {
                if (text.isEmpty()) {
                    headersEnd();
                } else {
                    headers.add(header(text));
                }
            }
            case CHUNK_SIZE -> chunkSize(text);
            case CHUNK_END -> {
                if (!text.isEmpty()) {
                    throw new BadRequest(400, "A chunk is longer than its size says");
                }
                state = State.CHUNK_SIZE;
            }
            case TRAILERS -> {
                if (text.isEmpty()) {
                    state = State.COMPLETE;
                }
            }
            default -> throw new IllegalStateException(state.name());
        }
    }

    private void requestLine(String text) throws BadRequest {
        if (text.isEmpty()) {
            return;
        }
        requestLine = text.split(" ", -1);
        if (requestLine.length != 3 || requestLine[0].isEmpty() || requestLine[1].isEmpty()) {
            throw new BadRequest(400, "The request line is not: method, target, version");
        }
        if (!requestLine[2].equals("HTTP/1.1") && !requestLine[2].equals("HTTP/1.0")) {
            throw new BadRequest(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here");
        }
        state = State.HEADERS;
    }

    private static HeaderField header(String text) throws BadRequest {
        if (text.charAt(0) == ' ' || text.charAt(0) == '\t') {
            throw new BadRequest(400, "A header line is folded");
        }
        int colon = text.indexOf(':');
        if (colon <= 0 || text.charAt(colon - 1) == ' ' || text.charAt(colon - 1) == '\t') {
            throw new BadRequest(400, "A header line has no name directly before a colon");
        }
        return new HeaderField(
                text.substring(0, colon), text.substring(colon + 1).strip());
    }

    private void headersEnd() throws BadRequest {
        RequestHead done = new RequestHead(requestLine[0], requestLine[1], requestLine[2], List.copyOf(headers));
        List<String> codings = done.values("transfer-encoding");
        Set<String> lengths = new TreeSet<>(done.values("content-length"));
        if (!codings.isEmpty() && !lengths.isEmpty()) {
            throw new BadRequest(400, "Both Transfer-Encoding and Content-Length are given");
        }
        if (!codings.isEmpty() && !(codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"))) {
            throw new BadRequest(400, "The only transfer encoding understood is chunked");
        }
        if (lengths.size() > 1 || lengths.stream().anyMatch(l -> !l.matches("\\d{1,18}"))) {
            throw new BadRequest(400, "Content-Length is not one number");
        }
        head = done;
        body = bodies.apply(done);
        chunked = !codings.isEmpty();
        left = lengths.isEmpty() ? 0 : Long.parseLong(lengths.iterator().next());
        if (left > Routes.bodyLimit(done)) {
            throw new BadRequest(413, "The body is too large");
        }
        wantsContinue = done.says("expect", "100-continue");
        state = chunked ? State.CHUNK_SIZE : left > 0 ? State.BODY : State.COMPLETE;
    }

    private void chunkSize(String text) throws BadRequest {
        String digits = text.split(";", 2)[0].strip();
        if (!digits.matches("[0-9a-fA-F]{1,15}")) {
            throw new BadRequest(400, "A chunk size is not a hexadecimal number");
        }
        headSize = 0;
        left = Long.parseLong(digits, 16);
        state = left > 0 ? State.BODY : State.TRAILERS;
    }

    private void data(ByteBuffer in) throws BadRequest {
        int count = (int) Math.min(left, in.remaining());
        ByteBuffer part = in.slice(in.position(), count);
        body().add(part);
        in.position(in.position() + count);
        left -= count;
        if (body().length() > Routes.bodyLimit(head())) {
            throw new BadRequest(413, "The body is too large");
        }
        if (left == 0) {
            state = chunked ? State.CHUNK_END : State.COMPLETE;
        }
    }
}
