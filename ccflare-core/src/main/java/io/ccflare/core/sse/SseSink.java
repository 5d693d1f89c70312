package io.ccflare.core.sse;

/**
 * Told by an {@link SseScanner} of the events of a stream. A name is the index among the names the scanner was made with, or
 * {@link #UNNAMED}, or {@link #OTHER}.
 *
 * <p>Arrays are only lent for the call. An exception thrown here passes through the scanner, which must then not be used any more.
 *
 * @since 1.0
 */
public interface SseSink {

    /** The event has no name, or none yet. */
    int UNNAMED = -1;

    /** The event has a name that the scanner was not told of. */
    int OTHER = -2;

    /**
     * Asked at the first data of an event whether it is wanted. Asked again when the event is named after its data has begun, which no
     * known server does: the answer then holds for the data still to come, and {@link #end} says if some was missed. Who wants a named
     * event whatever the order wants unnamed ones too, and decides at the end.
     */
    boolean wants(int name);

    /** The next bytes of the data of a wanted event. Several data lines are joined by line feeds. */
    void data(byte[] bytes, int from, int to);

    /**
     * An event with data, wanted or not, is over. An event that the end of the stream cuts short never gets here.
     *
     * @param name the name it had in the end
     * @param whole whether all of its data was handed over
     */
    void end(int name, boolean whole);
}
