package io.ccflare.testkit;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for conditions, ten seconds at most; what is not there by then is an {@link AssertionError} that names it. Blocks the thread
 * that calls; on any thread.
 *
 * @since 1.0
 */
public final class Waits {

    /** How long every wait lasts at most, in seconds. */
    public static final int SECONDS = 10;

    private Waits() {}

    /**
     * The value of a future.
     *
     * @param what is waited for, for the message
     * @throws ExecutionException if the future fails
     * @throws java.util.concurrent.CancellationException if the future is cancelled
     */
    public static <T extends @Nullable Object> T get(Future<T> future, String what)
            throws ExecutionException, InterruptedException {
        try {
            return future.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw late(what);
        }
    }

    /** The value of a future, as {@link #get(Future, String)}. */
    public static <T extends @Nullable Object> T get(Future<T> future) throws ExecutionException, InterruptedException {
        return get(future, "a future");
    }

    /** The next element of a queue, which is taken out of it. */
    public static <T> T take(BlockingQueue<T> queue, String what) throws InterruptedException {
        T element = queue.poll(SECONDS, TimeUnit.SECONDS);
        if (element == null) {
            throw late(what);
        }
        return element;
    }

    /** Takes one permit. */
    public static void acquire(Semaphore permits, String what) throws InterruptedException {
        if (!permits.tryAcquire(SECONDS, TimeUnit.SECONDS)) {
            throw late(what);
        }
    }

    /** Returns when a condition holds, which is asked again and again without a pause. */
    public static void until(BooleanSupplier condition, String what) {
        until(condition, () -> what);
    }

    /**
     * Returns when a condition holds, which is asked again and again without a pause.
     *
     * @param what is waited for; asked when the time is over
     */
    public static void until(BooleanSupplier condition, Supplier<String> what) {
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
