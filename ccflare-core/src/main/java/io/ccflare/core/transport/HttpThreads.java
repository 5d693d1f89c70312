package io.ccflare.core.transport;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the JDK's client: the host's, or a fixed number of daemon threads. Never rejects a task, not even after the end,
 * because a rejected task makes the JDK's client abort every call it has.
 */
final class HttpThreads implements Executor {

    private static final System.Logger LOG = System.getLogger(HttpThreads.class.getName());

    private final Executor executor;
    private final @Nullable ThreadPoolExecutor own;

    private HttpThreads(Executor executor, @Nullable ThreadPoolExecutor own) {
        this.executor = executor;
        this.own = own;
    }

    static HttpThreads of(@Nullable Executor hosts, int count) {
        if (hosts != null) {
            return new HttpThreads(hosts, null);
        }
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(count, count, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "ccflare-http-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        return new HttpThreads(pool, pool);
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(
                    Level.DEBUG,
                    "the executor given to the transport rejected a task, which gets a thread of its own",
                    e);
            Thread thread = new Thread(task, "ccflare-http-spare");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Own threads go as soon as nothing is left to do; a task that comes late gets a thread for as long as it runs. */
    void endWhenIdle() {
        if (own != null) {
            own.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
            own.allowCoreThreadTimeOut(true);
        }
    }
}
