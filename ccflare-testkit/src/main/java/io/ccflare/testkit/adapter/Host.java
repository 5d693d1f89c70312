package io.ccflare.testkit.adapter;

/**
 * A host that an adapter's test has started on the loopback interface, on a port of the system's choice.
 *
 * @since 1.0
 */
public interface Host extends AutoCloseable {

    /** Where it listens, on 127.0.0.1. */
    int port();

    @Override
    void close() throws Exception;
}
