package io.ccflare.core.pool;

import io.ccflare.api.account.Account;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The lease of one call in flight on one account: whoever holds it gives it back once, on whatever path the call ends. Giving it back
 * again does nothing. Thread-safe.
 */
public final class Slot {

    private final PoolAccount holder;
    private final Account account;
    private final String reason;
    private final Instant since;
    private final Runnable released;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Slot(PoolAccount holder, String reason, Instant since, Runnable released) {
        this.holder = holder;
        this.account = holder.account();
        this.reason = reason;
        this.since = since;
        this.released = released;
    }

    PoolAccount holder() {
        return holder;
    }

    /** The account as it was when the slot was taken. */
    public Account account() {
        return account;
    }

    /** Why this account was taken. */
    public String reason() {
        return reason;
    }

    /** When it was taken. */
    public Instant since() {
        return since;
    }

    /** Gives the slot back. Idempotent. */
    public void release() {
        if (open.compareAndSet(true, false)) {
            holder.release();
            released.run();
        }
    }
}
