package io.ccflare.benchmarks.load.host;

/** What listens on loopback. */
interface Front extends AutoCloseable {

    int port();

    @Override
    void close();
}
