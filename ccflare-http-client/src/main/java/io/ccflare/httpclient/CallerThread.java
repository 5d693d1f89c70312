package io.ccflare.httpclient;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that waits for its response and meanwhile runs what there is to run for it, which saves waking another. What comes after
 * the response goes to the executor.
 */
final class CallerThread implements Executor {

    private final Thread caller = Thread.currentThread();
    private final Executor afterwards;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile boolean left;

    CallerThread(Executor afterwards) {
        this.afterwards = afterwards;
    }

    @Override
    public void execute(Runnable task) {
        if (left) {
            afterwards.execute(task);
            return;
        }
        tasks.add(task);
        if (left) {
            handOver();
        } else {
            wake();
        }
    }

    /** Whether a task should make way: for another, which may let the caller go, or for an interrupt. */
    boolean isWanted() {
        return !left && (!tasks.isEmpty() || caller.isInterrupted());
    }

    void wake() {
        LockSupport.unpark(caller);
    }

    /** Runs tasks until the future is done; on the thread that made this. @throws InterruptedException with the future not done */
    void runUntil(Future<?> done) throws InterruptedException {
        try {
            while (!done.isDone()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                Runnable task = tasks.poll();
                if (task == null) {
                    LockSupport.park(this);
                } else {
                    task.run();
                }
            }
        } finally {
            left = true;
            handOver();
        }
    }

    private void handOver() {
        Runnable task = tasks.poll();
        while (task != null) {
            try {
                afterwards.execute(task);
            } catch (RejectedExecutionException e) {
                task.run();
            }
            task = tasks.poll();
        }
    }
}
