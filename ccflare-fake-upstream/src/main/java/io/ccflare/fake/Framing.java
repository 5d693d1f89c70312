package io.ccflare.fake;

/** How the end of a response body is told to the peer. */
sealed interface Framing {

    /** {@code Transfer-Encoding: chunked}; one part is one chunk. */
    record Chunked() implements Framing {}

    /** {@code Content-Length}; the number need not be true, that is a fault of its own. */
    record Length(long bytes) implements Framing {}

    /** Neither: the body ends with the connection. */
    record UntilClose() implements Framing {}
}
