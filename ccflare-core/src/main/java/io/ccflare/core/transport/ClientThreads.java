package io.ccflare.core.transport;

import java.net.http.HttpClient;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The executor of one JDK client, which learns the client's selector thread when that hands over a task. When the thread has ended on
 * an error, JDK 17 leaves all later calls hanging; newer ones fail them.
 */
final class ClientThreads implements Executor {

    private final Executor threads;
    private volatile @Nullable Thread selector;

    ClientThreads(Executor threads) {
        this.threads = threads;
    }

    static boolean haveLostTheirSelector(HttpClient client) {
        if (client.executor().orElse(null) instanceof ClientThreads own) {
            Thread thread = own.selector;
            return thread != null && !thread.isAlive();
        }
        return false;
    }

    @Override
    public void execute(Runnable task) {
        if (selector == null && Thread.currentThread().getName().endsWith("-SelectorManager")) {
            selector = Thread.currentThread();
        }
        threads.execute(task);
    }
}
