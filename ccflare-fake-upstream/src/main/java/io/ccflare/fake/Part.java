package io.ccflare.fake;

/**
 * A piece of a body that is written and flushed on its own.
 *
 * @param bytes shared, never modified
 * @param paced whether the event interval passes before it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Part(byte[] bytes, boolean paced) {

    static Part at(byte[] bytes) {
        return new Part(bytes, false);
    }
}
