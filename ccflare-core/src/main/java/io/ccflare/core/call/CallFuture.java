package io.ccflare.core.call;

import io.ccflare.api.http.GatewayResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a call and all that is derived from it. Cancelling any of them, with either flag, gives the call up; completing them
 * from outside is refused, so that a response can never get lost behind another value.
 *
 * @param <T> {@link GatewayResponse} for the first, anything for those derived
 */
final class CallFuture<T> extends CompletableFuture<T> {

    private final Runnable giveUp;

    /** @param giveUp ends the call if it has not delivered, and closes a response that nobody took; idempotent */
    CallFuture(Runnable giveUp) {
        this.giveUp = giveUp;
    }

    /** Completes it, for the call itself. @return false when it was cancelled before */
    boolean deliver(T value) {
        return super.complete(value);
    }

    /** Fails it, for the call itself. */
    void fail(Throwable cause) {
        super.completeExceptionally(cause);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CallFuture<>(giveUp);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            giveUp.run();
        }
        return cancelled;
    }

    /** Refused: returns false and changes nothing. */
    @Override
    public boolean complete(@Nullable T value) {
        return false;
    }

    /** Refused, but for the time-out of {@link #orTimeout}, which gives the call up. */
    @Override
    public boolean completeExceptionally(Throwable cause) {
        if (!(cause instanceof TimeoutException)) {
            return false;
        }
        boolean timedOut = super.completeExceptionally(cause);
        if (timedOut) {
            giveUp.run();
        }
        return timedOut;
    }

    /** Refused: the future stays as it is. */
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        return this;
    }

    /** Refused: the future stays as it is. */
    @Override
    public CompletableFuture<T> completeOnTimeout(@Nullable T value, long timeout, TimeUnit unit) {
        return this;
    }

    /** Refused. */
    @Override
    public void obtrudeValue(@Nullable T value) {
        throw new IllegalStateException("the future of a call is completed by the call alone");
    }

    /** Refused. */
    @Override
    public void obtrudeException(Throwable cause) {
        throw new IllegalStateException("the future of a call is completed by the call alone");
    }
}
