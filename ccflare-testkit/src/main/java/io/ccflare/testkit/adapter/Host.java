package io.ccflare.testkit.adapter;

/**
 * A host that an adapter's test has started on the loopback interface, on a port of the system's choice.
 *
 * @since 1.0
 */
public interface Host extends AutoCloseable {

    /** Where it listens, on 127.0.0.1. */
    int port();

    /**
     * Stops in the host's own graceful way, as its users would: what is under way (a request whose body still comes, one that waits for
     * its answer, a stream) may end, while new connections are refused or their requests answered with 503, and connections
     * that are idle are closed. Exchanges that have not ended after about three seconds are cut: their responses do not look whole, and
     * their bodies are cancelled. Returns when the port is closed, within ten seconds. Does nothing when called again.
     */
    @Override
    void close() throws Exception;
}
