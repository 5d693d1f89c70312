package io.ccflare.api.transport;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call that failed below HTTP. The message names host and port, never headers or a body.
 *
 * @since 1.0
 */
public final class TransportException extends IOException {

    private static final long serialVersionUID = 1L;

    /** How far a call had come. */
    public enum Phase {
        /** No connection: not a byte of the request left. Another try is always safe. */
        CONNECT,
        /** The request may have left, wholly or in part; no status came. */
        EXCHANGE,
        /** The status came; the body broke off. */
        BODY
    }

    private final Phase phase;

    public TransportException(Phase phase, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.phase = Objects.requireNonNull(phase, "phase");
    }

    public Phase phase() {
        return phase;
    }
}
