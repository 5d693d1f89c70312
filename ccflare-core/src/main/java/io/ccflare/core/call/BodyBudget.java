package io.ccflare.core.call;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of gathered request bodies are in memory, over all calls. Thread-safe. */
public final class BodyBudget {

    private final AtomicLong taken = new AtomicLong();

    /** @return false, and nothing taken, when that would exceed {@code limit} */
    boolean take(long bytes, long limit) {
        long now = taken.addAndGet(bytes);
        if (now <= limit) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Bytes in memory now. */
    public long taken() {
        return taken.get();
    }
}
