package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Drives keep-alive HTTP/1.1 connections from one thread, so that the client is the same for one and for a thousand of them. Each
 * connection has one request under way at most.
 */
final class LoadClient {

    /** What is sent, and who is told. Times are {@link System#nanoTime()}. */
    interface Script {

        /** Returns the next request of a connection, as bytes of its own; null when it shall close. */
        @Nullable
        ByteBuffer next(int connection, long now);

        /** The first byte of a response is here. */
        default void begun(int connection, long now) {}

        /** @param count how many content events of the response are here by now */
        default void deltas(int connection, int count, long now) {}

        /** A response is here as a whole. */
        void ended(int connection, long now);

        /** Whether to hang up everything now. */
        default boolean hangUp(long now) {
            return false;
        }
    }

    private final InetSocketAddress peer;
    private final ByteBuffer input = ByteBuffer.allocateDirect(256 << 10);
    private int open;

    LoadClient(URI peer) {
        this.peer = new InetSocketAddress(peer.getHost(), peer.getPort());
    }

    /**
     * Opens the connections, one per {@code ramp}, and returns when all have closed.
     *
     * @throws IOException if a response is not 200 or breaks off, or if it takes longer than {@code atMost}
     */
    void run(Script script, int connections, Duration ramp, Duration atMost) throws IOException {
        long start = System.nanoTime();
        open = 0;
        try (Selector selector = Selector.open()) {
            try {
                int opened = 0;
                while (opened < connections || open > 0) {
                    long now = System.nanoTime();
                    if (script.hangUp(now)) {
                        return;
                    }
                    if (now - start > atMost.toNanos()) {
                        throw new IOException(
                                open + " of " + connections + " connections were not done after " + atMost);
                    }
                    while (opened < connections && now - start >= opened * ramp.toNanos()) {
                        open(selector, script, opened++);
                    }
                    selector.select(opened < connections ? 1 : 20);
                    for (SelectionKey key : selector.selectedKeys()) {
                        ((Connection) key.attachment()).ready(key);
                    }
                    selector.selectedKeys().clear();
                }
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
        }
    }

    private void open(Selector selector, Script script, int number) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        open++;
        Connection connection = new Connection(script, channel, number);
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, connection);
        if (channel.connect(peer)) {
            connection.send(key);
        }
    }

    private final class Connection {

        private final Script script;
        private final SocketChannel channel;
        private final int number;
        private final ResponseParser parser = new ResponseParser();
        private @Nullable ByteBuffer output;
        private boolean begun;

        Connection(Script script, SocketChannel channel, int number) {
            this.script = script;
            this.channel = channel;
            this.number = number;
        }

        void send(SelectionKey key) throws IOException {
            parser.next();
            begun = false;
            output = script.next(number, System.nanoTime());
            if (output == null) {
                channel.close();
                open--;
            } else {
                write(key, output);
            }
        }

        private void write(SelectionKey key, ByteBuffer rest) throws IOException {
            channel.write(rest);
            key.interestOps(rest.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        void ready(SelectionKey key) throws IOException {
            if (key.isConnectable()) {
                channel.finishConnect();
                send(key);
                return;
            }
            if (key.isWritable() && output != null) {
                write(key, output);
            }
            if (!key.isReadable()) {
                return;
            }
            int read = channel.read(input.clear());
            long now = System.nanoTime();
            if (read < 0) {
                throw new IOException("connection " + number + " was closed within a response, or before one");
            }
            if (!begun && read > 0) {
                begun = true;
                script.begun(number, now);
            }
            boolean complete = parser.take(input.flip());
            if (parser.deltas() > 0) {
                script.deltas(number, parser.deltas(), now);
            }
            if (complete) {
                if (parser.status() != 200) {
                    throw new IOException("connection " + number + " got status " + parser.status());
                }
                script.ended(number, now);
                send(key);
            }
        }
    }
}
