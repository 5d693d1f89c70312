package io.ccflare.core.json;

/**
 * Takes bytes piece by piece, as ranges of arrays.
 *
 * @since 1.0
 */
@FunctionalInterface
public interface ByteConsumer {

    /**
     * Takes the bytes from {@code from} up to but not including {@code to}. The array is only lent: it must not be modified, nor be
     * kept after the call returns.
     */
    void feed(byte[] bytes, int from, int to);
}
