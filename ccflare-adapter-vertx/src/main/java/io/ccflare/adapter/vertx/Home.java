package io.ccflare.adapter.vertx;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import java.util.concurrent.RejectedExecutionException;

/**
 * Where a request lives: the context that Vert.x gave it. A signal that comes on its thread, on behalf of whatever other context, needs no
 * hop. Thread-safe.
 */
final class Home {

    private final ContextInternal context;

    private Home(ContextInternal context) {
        this.context = context;
    }

    static Home of(HttpServerRequest request) {
        return new Home(((HttpServerRequestInternal) request).context());
    }

    /** Whether the caller may touch the request at once. */
    boolean here() {
        return context.inThread();
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
