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
    private static final SafeLog LOG = new SafeLog(System.getLogger(EventLoop.class.getName()));
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
    private final Acceptor acceptor;
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
        SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT);
        this.acceptor = new Acceptor(server, key, this::admit, LOG);
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
                long wait = millisToWait();
                if (wait == 0) {
                    selector.selectNow(this::onReady);
                } else {
                    selector.select(this::onReady, wait);
                }
                runTasks();
                runTimers();
                acceptor.goOn();
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.tell(System.Logger.Level.ERROR, "The fake upstream failed; it serves no longer", e);
        } finally {
            end();
        }
    }

    private void onReady(SelectionKey key) {
        if (key.isValid() && key.isAcceptable()) {
            acceptor.accept();
        } else if (key.attachment() instanceof Connection connection) {
            guarded(connection, () -> connection.ready(key));
        }
    }

    private void admit(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        int number = accepted + 1;
        channel.register(selector, SelectionKey.OP_READ, new Connection(this, service, channel, number));
        monitor.change(() -> {
            accepted = number;
            open++;
        });
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

    private long millisToWait() {
        long now = System.nanoTime();
        Timer next = timers.peek();
        long nanos = Math.min(next == null ? Long.MAX_VALUE : next.due - now, acceptor.nanosToRest(now));
        return nanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos - 1) + 1;
    }

    /** A defect, or a class that cannot be loaded, while serving one connection ends that one, visibly, and no other. */
    private void guarded(Connection connection, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.tell(
                    System.Logger.Level.ERROR, "The fake upstream failed to serve a connection, which is reset now", e);
            reset(connection);
        }
    }

    private static void reset(Connection connection) {
        try {
            connection.reset(RecordedCall.Ending.FAULT);
        } catch (RuntimeException | Error e) {
            LOG.tell(System.Logger.Level.ERROR, "The end of a connection that failed is not recorded", e);
        }
    }

    private void end() {
        new ArrayList<>(selector.keys()).forEach(key -> {
            if (key.attachment() instanceof Connection connection) {
                guarded(connection, connection::abandon);
            }
        });
        try {
            server.close();
            selector.close();
        } catch (IOException e) {
            LOG.tell(System.Logger.Level.WARNING, "The fake upstream did not close cleanly", e);
        }
    }
}
