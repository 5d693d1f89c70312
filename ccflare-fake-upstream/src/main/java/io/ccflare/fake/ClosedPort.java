package io.ccflare.fake;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** A port that is taken, so that nobody else gets it, but that nobody listens on: connecting to it is refused. */
final class ClosedPort {
    private final Socket bound = new Socket();

    ClosedPort() throws IOException {
        bound.bind(new InetSocketAddress(EventLoop.loopback(), 0));
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + bound.getLocalPort());
    }

    void close() throws IOException {
        bound.close();
    }
}
