package io.ccflare.httpclient;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Runs tasks one after the other, in order, on threads of an executor. Thread-safe; holds no lock while a task runs. */
final class Serial {

    private final Executor executor;
    private final BooleanSupplier leaving;
    private final Consumer<RejectedExecutionException> refused;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param leaving whether the thread that runs has something else to do, so that what is left is handed to the executor anew
     * @param refused told when the executor takes no more; what waits then runs on the thread that learns it
     */
    Serial(Executor executor, BooleanSupplier leaving, Consumer<RejectedExecutionException> refused) {
        this.executor = executor;
        this.leaving = leaving;
        this.refused = refused;
    }

    /** @param task never throws */
    void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            dispatch();
        }
    }

    private void dispatch() {
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException e) {
            refused.accept(e);
            // What it was told ends here, on the thread at hand: a reader that waits must learn of it.
            drain();
        }
    }

    private void drain() {
        do {
            tasks.remove().run();
            if (waiting.decrementAndGet() == 0) {
                return;
            }
        } while (!leaving.getAsBoolean());
        dispatch();
    }
}
