package io.ccflare.httpclient;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The calls of one client that are under way, bodies included, and whether there may be more. Thread-safe. */
final class OpenCalls {

    private final Set<Call<?>> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> terminated = new CompletableFuture<>();
    private volatile boolean shut;

    /** @throws IOException when there may be no more */
    void enter(Call<?> call) throws IOException {
        open.add(call);
        // After the add: a shutdown either sees this call or is seen by it.
        if (shut) {
            leave(call);
            throw new IOException("closed");
        }
    }

    void leave(Call<?> call) {
        open.remove(call);
        terminateIfDone();
    }

    boolean isShut() {
        return shut;
    }

    void shut() {
        shut = true;
        terminateIfDone();
    }

    void abort() {
        for (Call<?> call : open) {
            call.fail(new IOException("the client was shut down before the call had ended"));
        }
    }

    boolean isTerminated() {
        return terminated.isDone();
    }

    boolean await(Duration time) throws InterruptedException {
        try {
            terminated.get(TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("termination never fails", e);
        }
    }

    private void terminateIfDone() {
        if (shut && open.isEmpty()) {
            terminated.complete(null);
        }
    }
}
