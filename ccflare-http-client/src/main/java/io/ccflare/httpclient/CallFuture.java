package io.ccflare.httpclient;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sendAsync} returns, and all that is derived from it: whoever cancels or completes one of them from outside gives the
 * call up, since nobody would take its response.
 */
final class CallFuture<T> extends CompletableFuture<T> {

    private final Runnable giveUp;

    /** @param giveUp idempotent */
    CallFuture(Runnable giveUp) {
        this.giveUp = giveUp;
    }

    /** Completes it, for the call itself. @return false when it is complete already */
    boolean deliver(T value) {
        return super.complete(value);
    }

    /** Fails it, for the call itself. */
    void fail(Throwable cause) {
        super.completeExceptionally(cause);
    }

    private boolean fromOutside(boolean completed) {
        if (completed) {
            giveUp.run();
        }
        return completed;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CallFuture<>(giveUp);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return fromOutside(super.cancel(mayInterruptIfRunning));
    }

    @Override
    public boolean complete(@Nullable T value) {
        return fromOutside(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable cause) {
        return fromOutside(super.completeExceptionally(cause));
    }

    /** Refused, as by the JDK's client. */
    @Override
    public void obtrudeValue(@Nullable T value) {
        throw new UnsupportedOperationException("the future of a call keeps what it was completed with");
    }

    /** Refused, as by the JDK's client. */
    @Override
    public void obtrudeException(Throwable cause) {
        throw new UnsupportedOperationException("the future of a call keeps what it was completed with");
    }
}
