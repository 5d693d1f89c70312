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
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Drives keep-alive HTTP/1.1 connections from one thread, so that the client is the same for one and for a thousand of them. Each
 * connection has one request under way at most.
 */
final class LoadClient {

    /** What is sent, and who is told. Times are {@link System#nanoTime()}. */
    interface Script {

        /** When a connection that has nothing under way shall ask for its next request. */
        default long due(int connection, long now) {
            return now;
        }

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

    /** Below this the thread spins: a selector wakes up at whole milliseconds only. */
    private static final long SPIN_NANOS = 1_000_000;

    private static final long LONGEST_WAIT_MILLIS = 20;

    private final InetSocketAddress peer;
    private final ByteBuffer input = ByteBuffer.allocateDirect(256 << 10);
    private final PriorityQueue<Connection> idle = new PriorityQueue<>();
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
        idle.clear();
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
                    await(selector, opened < connections ? 1 : LONGEST_WAIT_MILLIS);
                    for (SelectionKey key : selector.selectedKeys()) {
                        ((Connection) key.attachment()).ready();
                    }
                    selector.selectedKeys().clear();
                    sendDue();
                }
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
        }
    }

    private void await(Selector selector, long atMostMillis) throws IOException {
        Connection next = idle.peek();
        long left = next == null ? Long.MAX_VALUE : next.due - System.nanoTime();
        if (left < SPIN_NANOS) {
            selector.selectNow();
        } else {
            selector.select(Math.min(atMostMillis, left / SPIN_NANOS));
        }
    }

    private void sendDue() throws IOException {
        long now = System.nanoTime();
        for (Connection next = idle.peek(); next != null && next.due <= now; next = idle.peek()) {
            idle.remove().send();
        }
    }

    private void open(Selector selector, Script script, int number) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        open++;
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
        Connection connection = new Connection(script, channel, key, number);
        key.attach(connection);
        if (channel.connect(peer)) {
            connection.rest();
        }
    }

    private final class Connection implements Comparable<Connection> {

        private final Script script;
        private final SocketChannel channel;
        private final SelectionKey key;
        private final int number;
        private final ResponseParser parser = new ResponseParser();
        private @Nullable ByteBuffer output;
        private boolean begun;
        private long due;

        Connection(Script script, SocketChannel channel, SelectionKey key, int number) {
            this.script = script;
            this.channel = channel;
            this.key = key;
            this.number = number;
        }

        @Override
        public int compareTo(Connection other) {
            return Long.compare(due, other.due);
        }

        void rest() throws IOException {
            long now = System.nanoTime();
            due = script.due(number, now);
            if (due <= now) {
                send();
            } else {
                key.interestOps(SelectionKey.OP_READ);
                idle.add(this);
            }
        }

        void send() throws IOException {
            parser.next();
            begun = false;
            output = script.next(number, System.nanoTime());
            if (output == null) {
                channel.close();
                open--;
            } else {
                write(output);
            }
        }

        private void write(ByteBuffer rest) throws IOException {
            channel.write(rest);
            key.interestOps(rest.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        void ready() throws IOException {
            if (key.isConnectable()) {
                channel.finishConnect();
                rest();
                return;
            }
            if (key.isWritable() && output != null) {
                write(output);
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
                rest();
            }
        }
    }
}
