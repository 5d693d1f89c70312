package io.ccflare.fake;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Takes connections in, on the thread of the loop. When that fails, as it does without a free file descriptor, it rests for a moment, for
 * the selector would report the same connection again at once. Neither resting nor going on loads a class, which would need a descriptor.
 */
final class Acceptor {
    private static final long REST = TimeUnit.MILLISECONDS.toNanos(100);

    /** What becomes of a connection. */
    interface Admission {
        void admit(SocketChannel channel) throws IOException;
    }

    private final ServerSocketChannel server;
    private final SelectionKey key;
    private final Admission admission;
    private final SafeLog log;
    private boolean resting;
    private long restsUntil;
    private boolean told;

    Acceptor(ServerSocketChannel server, SelectionKey key, Admission admission, SafeLog log) {
        this.server = server;
        this.key = key;
        this.admission = admission;
        this.log = log;
    }

    void accept() {
        try {
            for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
                admit(channel);
                told = false;
            }
        } catch (IOException | RuntimeException | Error e) {
            rest();
            if (!told) {
                told = true;
                log.tell(System.Logger.Level.WARNING, "No connection can be accepted; it is tried again and again", e);
            }
        }
    }

    /** Nanoseconds until {@link #goOn()} has something to do, at most 0 when it has. */
    long nanosToRest(long now) {
        return resting ? restsUntil - now : Long.MAX_VALUE;
    }

    /** Accepts again, if it has rested long enough. */
    void goOn() {
        if (nanosToRest(System.nanoTime()) <= 0) {
            resting = false;
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    private void rest() {
        resting = true;
        restsUntil = System.nanoTime() + REST;
        key.interestOps(0);
    }

    private void admit(SocketChannel channel) throws IOException {
        try {
            admission.admit(channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }
}
