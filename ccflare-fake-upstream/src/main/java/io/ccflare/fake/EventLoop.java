package io.ccflare.fake;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** One thread that serves every connection: a pause costs a place in a queue, and a peer that leaves is noticed at once. */
final class EventLoop {
    private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());
    private static final int BACKLOG = 8192;

    private record Timer(long due, Connection connection, int turn) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return Long.signum(due - other.due);
        }
    }

    private final Service service;
    private final Monitor monitor;
    private final Selector selector;
    private final ServerSocketChannel server;
    private final Thread thread;
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer input = ByteBuffer.allocateDirect(64 * 1024);
    private volatile boolean closing;
    private int accepted;
    private int open;

    EventLoop(Service service, Monitor monitor, int port) throws IOException {
        this.service = service;
        this.monitor = monitor;
        this.selector = Selector.open();
        this.server = ServerSocketChannel.open();
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        server.bind(new InetSocketAddress(loopback(), port), BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        this.thread = new Thread(this::run, "ccflare-fake-upstream-" + port());
        thread.setDaemon(true);
    }

    /** 127.0.0.1 also where the JDK prefers IPv6. */
    static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    void start() {
        thread.start();
    }

    int port() {
        return server.socket().getLocalPort();
    }

    Selector selector() {
        return selector;
    }

    int accepted() {
        return accepted;
    }

    int open() {
        return open;
    }

    void close() throws InterruptedException {
        closing = true;
        selector.wakeup();
        thread.join();
    }

    /** Does something with a connection on the thread of the loop, soon. */
    void execute(Connection connection, Runnable task) {
        tasks.add(() -> guarded(connection, task));
        selector.wakeup();
    }

    void schedule(long due, Connection connection, int turn) {
        timers.add(new Timer(due, connection, turn));
    }

    /** The buffer that every read of this thread uses. */
    ByteBuffer input() {
        return input.clear();
    }

    void closed() {
        monitor.change(() -> open--);
    }

    private void run() {
        try {
            while (!closing) {
                long wait = millisToNextTimer();
                if (wait == 0) {
                    selector.selectNow(this::onReady);
                } else {
                    selector.select(this::onReady, wait);
                }
                runTasks();
                runTimers();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "The selector of the fake upstream failed; it serves no longer", e);
        } finally {
            end();
        }
    }

    private void onReady(SelectionKey key) {
        if (key.isValid() && key.isAcceptable()) {
            accept();
        } else if (key.attachment() instanceof Connection connection) {
            guarded(connection, () -> connection.ready(key));
        }
    }

    private void accept() {
        try {
            for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                monitor.change(() -> {
                    accepted++;
                    open++;
                });
                channel.register(selector, SelectionKey.OP_READ, new Connection(this, service, channel, accepted));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "A connection could not be accepted", e);
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void runTimers() {
        long now = System.nanoTime();
        for (Timer next = timers.peek(); next != null && next.due - now <= 0; next = timers.peek()) {
            Timer due = timers.remove();
            guarded(due.connection, () -> due.connection.wake(due.turn));
        }
    }

    private long millisToNextTimer() {
        Timer next = timers.peek();
        if (next == null) {
            return Long.MAX_VALUE;
        }
        long nanos = next.due - System.nanoTime();
        return nanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos + 999_999);
    }

    /** A defect while serving one connection ends that one, visibly, and no other. */
    private void guarded(Connection connection, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "The fake upstream failed to serve a connection, which is reset now", e);
            connection.reset(RecordedCall.Ending.FAULT);
        }
    }

    private void end() {
        new ArrayList<>(selector.keys()).forEach(key -> {
            if (key.attachment() instanceof Connection connection) {
                connection.abandon();
            }
        });
        try {
            server.close();
            selector.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The fake upstream did not close cleanly", e);
        }
    }
}
