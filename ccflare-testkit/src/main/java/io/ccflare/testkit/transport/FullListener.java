package io.ccflare.testkit.transport;

import io.ccflare.testkit.Waits;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A listener whose queue is full: the system lets nobody in until the test does. */
final class FullListener implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 1, FarEnd.loopback());
    private final List<SocketChannel> waiting = new ArrayList<>();

    FullListener() throws IOException {
        listener.setSoTimeout(Waits.SECONDS * 1000);
        InetSocketAddress address = new InetSocketAddress(FarEnd.loopback(), port());
        boolean letIn = true;
        while (letIn) {
            SocketChannel channel = SocketChannel.open();
            waiting.add(channel);
            channel.configureBlocking(false);
            letIn = channel.connect(address) || connects(channel);
        }
    }

    /** Whether a connection comes about within a while. Some systems refuse rather than let wait. */
    private static boolean connects(SocketChannel channel) throws IOException {
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_CONNECT);
            return selector.select(100) > 0 && channel.finishConnect();
        } catch (ConnectException refused) {
            return false;
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Takes those out of the queue that filled it. */
    void letIn() throws IOException {
        for (SocketChannel channel : waiting) {
            channel.close();
        }
    }

    /** The next in the queue, which may be one that has gone. */
    Link accept() throws IOException {
        return new Link(listener.accept());
    }

    /** The next, or null if none comes within a while. */
    @Nullable
    Link acceptWithin(int millis) throws IOException {
        listener.setSoTimeout(millis);
        try {
            return new Link(listener.accept());
        } catch (SocketTimeoutException nobody) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        letIn();
        listener.close();
    }
}
