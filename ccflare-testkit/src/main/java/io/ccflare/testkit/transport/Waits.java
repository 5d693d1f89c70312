package io.ccflare.testkit.transport;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions, ten seconds at most. */
final class Waits {

    static final int SECONDS = 10;

    private Waits() {}

    static <T> T get(Future<T> future, String what) throws Exception {
        try {
            return future.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw late(what);
        }
    }

    static <T> T take(BlockingQueue<T> queue, String what) throws InterruptedException {
        T element = queue.poll(SECONDS, TimeUnit.SECONDS);
        if (element == null) {
            throw late(what);
        }
        return element;
    }

    static void until(BooleanSupplier condition, String what) {
        until(condition, () -> what);
    }

    static void until(BooleanSupplier condition, Supplier<String> what) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw late(what.get());
            }
            Thread.yield();
        }
    }

    private static AssertionError late(String what) {
        return new AssertionError("waited " + SECONDS + " s in vain for " + what);
    }
}
