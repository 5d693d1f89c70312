package io.ccflare.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs one step on several threads that begin together. */
final class Threads {

    private Threads() {}

    /** Throws what the first failing thread threw. */
    static void together(int threads, Step step) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int n = 0; n < threads; n++) {
                int number = n;
                running.add(executor.submit(() -> {
                    start.await(60, TimeUnit.SECONDS);
                    step.run(number);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get(90, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        } finally {
            executor.shutdownNow();
        }
    }

    /** What each thread does. */
    @FunctionalInterface
    interface Step {
        void run(int number) throws Exception;
    }
}
