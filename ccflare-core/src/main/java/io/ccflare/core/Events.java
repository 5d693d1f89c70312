package io.ccflare.core;

import io.ccflare.api.account.Account;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.state.Cooldown;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Tells listeners of facts, one after the other on one thread, from a bounded queue. Thread-safe; telling never blocks.
 *
 * <p>The thread takes all that is there, rests for a moment, and looks again; it is woken only when it has found nothing. Under load
 * telling a fact so costs no switch of threads.
 */
final class Events implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Gateway.class.getName());
    private static final int BOUND = 65_536;
    private static final Duration LAST_WAIT = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofMillis(2);

    private final Queue<Consumer<GatewayListener>> queue;
    private final List<GatewayListener> listeners;
    private final Thread thread = new Thread(this::run, "ccflare-events");
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean closing;
    private volatile boolean over;

    Events(List<GatewayListener> listeners) {
        this(listeners, new LinkedBlockingQueue<>(BOUND));
    }

    Events(List<GatewayListener> listeners, Queue<Consumer<GatewayListener>> queue) {
        this.queue = queue;
        this.listeners = List.copyOf(listeners);
        thread.setDaemon(true);
        thread.start();
    }

    void requestEnded(RequestRecord record) {
        tell(listener -> listener.requestEnded(record));
    }

    void cooled(Account account, Cooldown cooldown) {
        tell(listener -> listener.cooled(account, cooldown));
    }

    private void tell(Consumer<GatewayListener> fact) {
        if (over || !queue.offer(fact)) {
            dropped.increment();
        } else {
            wake();
        }
    }

    private void wake() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    long dropped() {
        return dropped.sum();
    }

    long failures() {
        return failures.sum();
    }

    private void run() {
        while (!over && (!closing || !queue.isEmpty())) {
            if (tellAll()) {
                LockSupport.parkNanos(this, REST.toNanos());
            } else {
                sleep();
            }
            // Closing says so by itself; what a listener left behind must not keep this thread from resting.
            Thread.interrupted();
        }
    }

    /** @return whether there was anything to tell */
    private boolean tellAll() {
        Consumer<GatewayListener> fact = queue.poll();
        boolean any = fact != null;
        while (fact != null) {
            for (GatewayListener listener : listeners) {
                tell(listener, fact);
            }
            fact = over ? null : queue.poll();
        }
        return any;
    }

    private void sleep() {
        asleep.set(true);
        // Looked at once more: who told something before this could not know that it has to wake.
        if (queue.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        asleep.set(false);
    }

    private void tell(GatewayListener listener, Consumer<GatewayListener> fact) {
        try {
            fact.accept(listener);
        } catch (RuntimeException | Error e) {
            failures.increment();
            LOG.log(
                    System.Logger.Level.WARNING,
                    "listener " + listener.getClass().getName() + " failed",
                    e);
        }
    }

    /** Tells what is waiting, within a bound, and ends the thread. */
    @Override
    public void close() {
        closing = true;
        tell(listener -> {});
        try {
            thread.join(LAST_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        over = true;
        thread.interrupt();
        int untold = queue.size();
        if (untold > 0) {
            dropped.add(untold);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The gateway was closed before its listeners took the last {0} facts; they are lost",
                    untold);
        }
    }
}
