package io.ccflare.adapter.vertx;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Where a request lives: the context that it came on. On an event loop that is one thread, known by its identity, so that a signal which
 * comes from there (whatever its own context) needs no hop. Thread-safe.
 */
final class Home {

    private final Context context;
    private final @Nullable Thread loop;

    private Home(Context context, @Nullable Thread loop) {
        this.context = context;
        this.loop = loop;
    }

    static Home of(Vertx vertx) {
        Context context = vertx.getOrCreateContext();
        return new Home(context, context.isEventLoopContext() ? Thread.currentThread() : null);
    }

    /** Whether the caller may touch the request at once; never on worker and virtual thread contexts, which are many threads. */
    boolean here() {
        return Thread.currentThread() == loop;
    }

    /** Runs a task on the context, later; false if that has ended, as it does when Vert.x is closed. */
    boolean later(Runnable task) {
        try {
            context.runOnContext(nothing -> task.run());
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** Runs a task on the context, at once when that is here; drops it if the context has ended. */
    void run(Runnable task) {
        if (here()) {
            task.run();
        } else {
            later(task);
        }
    }
}
