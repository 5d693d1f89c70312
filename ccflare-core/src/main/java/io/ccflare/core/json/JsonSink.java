package io.ccflare.core.json;

/**
 * Told by a {@link JsonScanner} of the values on its paths, in document order. {@code path} is the index of the path in
 * {@link JsonPaths#of}. Each occurrence of a repeated key is reported: let the last one win.
 *
 * <p>Texts and arrays are only lent for the call. An exception thrown here passes through the scanner, which must then be reset.
 *
 * @since 1.0
 */
public interface JsonSink {

    /**
     * A string, unescaped. An escaped surrogate without its other half is reported as U+FFFD. Longer than the scanner's bound:
     * {@link Utf8Text#truncated()}.
     */
    default void string(int path, Utf8Text text) {}

    /** A number without fraction and exponent that fits a long. */
    default void integer(int path, long value) {}

    /** Any other number, as it is written; possibly truncated. */
    default void number(int path, Utf8Text text) {}

    default void bool(int path, boolean value) {}

    default void nullValue(int path) {}

    /** An object or array begins. */
    default void start(int path, boolean object) {}

    /** The object or array last started on this path ends. */
    default void end(int path) {}

    /**
     * The next bytes of a value on a raw path, exactly as they stand in the document, from its first byte to its last. How the value is
     * cut into calls depends on how the scanner was fed, and so does their order among the calls for values within it.
     */
    default void raw(int path, byte[] bytes, int from, int to) {}

    /** A value on a raw path is over; called after everything that lies within it. Never called for one that is cut short or damaged. */
    default void rawEnd(int path) {}
}
