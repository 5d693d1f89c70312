package io.ccflare.api.provider;

import io.ccflare.api.record.Usage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks on while one response passes: when it commits, what it used, whether it failed, whether it is whole. It changes nothing and
 * holds no more than a few hundred bytes.
 *
 * <p>A format of which nothing is to be learned needs {@link #read} alone: all else says so by default.
 *
 * <p>One for each attempt. Not thread-safe: the gateway calls it from one thread at a time. It never throws on any input.
 *
 * @since 1.0
 */
public interface ResponseReader {

    /** How far a response has come. */
    enum State {
        /** Nothing yet that a caller would miss: another account may still serve the request. */
        HOLD,
        /** Content came: this response is the one. */
        COMMITTED,
        /** An error came before any content; see {@link ResponseReader#error()}. */
        FAILED
    }

    /**
     * Looks at one buffer: each is shown once, in order. Its position, limit and content stay as they are.
     *
     * @return the state after it; once it is {@link State#COMMITTED} or {@link State#FAILED} it stays so
     */
    State read(ByteBuffer buffer);

    /** The upstream ended the body cleanly; nothing follows. */
    default void end() {
        // Nothing was begun.
    }

    /**
     * Whether the response is whole by its own rules: a message stream had its last event. Always true where the format has no such
     * rule; meaningful after {@link #end()}.
     */
    default boolean whole() {
        return true;
    }

    /** Tokens as far as told; null when nothing was. */
    default @Nullable Usage usage() {
        return null;
    }

    /** Whether {@link #usage()} is the final count, rather than what was known in between. */
    default boolean usageFinal() {
        return false;
    }

    /** The error that the response told, before or after content; null when none. */
    default @Nullable UpstreamError error() {
        return null;
    }

    /** The model that answers; null when not told. */
    default @Nullable String model() {
        return null;
    }

    /** Why the model stopped, in the provider's words; null when not told. */
    default @Nullable String stopReason() {
        return null;
    }

    /**
     * Whether an event of the gateway's own could be put in here without damaging another: the response is an unencoded event stream
     * and stands between two events.
     */
    default boolean betweenEvents() {
        return false;
    }
}
