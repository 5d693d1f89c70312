package io.ccflare.fake;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request as it came in, and what became of its response. The request part never changes; the response part grows until
 * {@link #ending()} is no longer {@link Ending#OPEN}.
 *
 * <p>Thread-safe.
 *
 * @since 1.0
 */
public final class RecordedCall {

    /** How a response ended, seen from the server. */
    public enum Ending {
        /** Not ended yet. */
        OPEN,
        /** Every byte of it was handed to the network. */
        COMPLETE,
        /** The peer closed or reset the connection before the end. */
        CANCELED,
        /** A fault ended it. */
        FAULT,
        /** The server was closed meanwhile. */
        CLOSED
    }

    private final RequestHead head;
    private final Gathered body;
    private final Instant receivedAt;
    private final int connection;
    private final Monitor monitor;
    private final Gathered sent;
    private int status;
    private Ending ending = Ending.OPEN;

    RecordedCall(RequestHead head, Gathered body, Instant receivedAt, int connection, int capture, Monitor monitor) {
        this.head = head;
        this.body = body;
        this.receivedAt = receivedAt;
        this.connection = connection;
        this.monitor = monitor;
        this.sent = new Gathered(capture, capture > 0);
    }

    /** Returns the method, case preserved. */
    public String method() {
        return head.method();
    }

    /** Returns the request target as it stood in the request line, query included. */
    public String target() {
        return head.target();
    }

    /** Returns the header lines in the order and the case in which they came. */
    public List<HeaderField> headers() {
        return head.headers();
    }

    /** Returns the first value of a header, the name in any case, or null when the request has none. */
    public @Nullable String header(String name) {
        return head.first(name);
    }

    /** Returns every value of a header, the name in any case, in order. */
    public List<String> headerValues(String name) {
        return head.values(name);
    }

    /** Returns a copy of the body without its framing, at most as much of it as the server keeps. */
    public byte[] body() {
        return body.kept();
    }

    /** Returns {@link #body()} read as UTF-8. */
    public String bodyText() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** Returns the length of the whole body in bytes, kept or not. */
    public long bodyLength() {
        return body.length();
    }

    /** Returns the SHA-256 of the whole body, kept or not, in lower-case hex; empty when the server keeps nothing. */
    public String bodySha256() {
        return body.sha256();
    }

    /** Returns when the request was complete, by the server's clock. */
    public Instant receivedAt() {
        return receivedAt;
    }

    /** Returns the number of the connection it came on, from 1 in the order of acceptance. */
    public int connection() {
        return connection;
    }

    /** Returns the status sent, or 0 as long as none was. */
    public int status() {
        return monitor.read(() -> status);
    }

    /** Returns how the response ended. */
    public Ending ending() {
        return monitor.read(() -> ending);
    }

    /** Returns a copy of the response body handed to the network so far, without framing, as much of it as the server keeps. */
    public byte[] sentBody() {
        return sent.kept();
    }

    /** Returns how many bytes of response body were handed to the network so far. */
    public long sentLength() {
        return sent.length();
    }

    /** Returns the SHA-256 of all response bytes so far in lower-case hex; empty when the server keeps nothing. */
    public String sentSha256() {
        return sent.sha256();
    }

    /** Returns method and target; never headers, which hold the credential. */
    @Override
    public String toString() {
        return method() + " " + target() + " -> " + status() + " " + ending();
    }

    RequestHead head() {
        return head;
    }

    Gathered gathered() {
        return body;
    }

    void answering(int code) {
        monitor.change(() -> status = code);
    }

    void sending(byte[] bytes) {
        sent.add(bytes, 0, bytes.length);
    }

    /** Sets the ending; the caller holds the monitor. */
    void end(Ending how) {
        ending = how;
    }

    boolean isOpen() {
        return ending == Ending.OPEN;
    }
}
