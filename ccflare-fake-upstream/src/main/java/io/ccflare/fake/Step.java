package io.ccflare.fake;

import java.time.Duration;

/** One thing a connection does while it answers. A script of steps is taken lazily, one after the other. */
sealed interface Step {

    /** Sends the status line and the headers. */
    record Head(Reply reply) implements Step {}

    /** Sends bytes of the body, framed as the head announced, in one write. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Body(byte[] bytes) implements Step {}

    /** Sends bytes as they are, outside any framing. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Raw(byte[] bytes) implements Step {}

    /** Does nothing for a while; the peer's leaving ends it. */
    record Pause(Duration length) implements Step {}

    /** The last steps, and the one that waits without end. */
    enum Signal implements Step {
        /** Stands still until released, until the peer leaves, or until the server closes. */
        STALL,
        /** Ends the body as its framing asks for, and keeps the connection if the request allows it. */
        FINISH,
        /** Ends the connection with FIN, without ending the body. */
        CLOSE,
        /** Ends the connection with RST. */
        RESET
    }
}
