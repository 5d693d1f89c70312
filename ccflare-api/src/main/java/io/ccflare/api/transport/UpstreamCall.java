package io.ccflare.api.transport;

import io.ccflare.api.http.Headers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * One call of a {@link Transport}, and the future of its answer that {@link Transport#send} gives back: a base for transports, which
 * keeps their contract of cancelling.
 *
 * <p>The transport settles it by {@link #answered} or {@link #failed}. However else the future comes to be done, {@link #abandoned} is
 * called: by either kind of {@code cancel}, by {@code orTimeout}, or by somebody who completes it. Cancelling a future derived from it, at
 * any remove, cancels the call, or closes an answer that is there and whose body nobody has begun to read. Other ways of completing a
 * derived future leave the call alone. An answer that comes too late is closed.
 *
 * <p>A subclass ends its exchange in {@link #abandoned}. {@code newIncompleteFuture} is the base's own.
 *
 * <p>Thread-safe: each method may be called on any thread. Nothing blocks and no lock is held. What depends on the future, and
 * {@link #abandoned}, runs on the thread that completes it.
 *
 * @since 1.0
 */
public abstract class UpstreamCall extends CompletableFuture<UpstreamResponse> {

    /** Set before the transport itself completes the future. */
    private volatile boolean settled;

    /** A call that is under way. */
    protected UpstreamCall() {
        whenComplete((response, error) -> {
            if (!settled) {
                abandoned();
            }
        });
    }

    /**
     * Nobody waits for the call any more: the future was done by another than the transport. Ends the exchange at whatever point it is,
     * before it began too, and closes its connection. Called at most once; must not block. What it throws is lost.
     *
     * <p>May not be called if the future is done from outside while {@link #answered} or {@link #failed} is running on another thread:
     * {@code answered} then closes the content, and whoever calls {@code failed} has ended the exchange or does so.
     */
    protected abstract void abandoned();

    /**
     * Delivers the answer, for the transport, as soon as status and headers are there. If the future is done already, the content is
     * closed instead.
     *
     * @param headers as received; see {@link UpstreamResponse#headers()}
     * @param content the body to come
     * @return false when the answer came too late
     * @throws NullPointerException if headers or content are null
     */
    protected final boolean answered(int status, Headers headers, Content content) {
        Response response = new Response(status, headers, content);
        settled = true;
        boolean inTime = complete(response);
        if (!inTime) {
            content.close();
        }
        return inTime;
    }

    /**
     * Fails the call, for the transport. Does nothing if the future is done already.
     *
     * @param error whose phase tells whether the request may have left
     * @return false when the failure came too late
     * @throws NullPointerException if the error is null
     */
    protected final boolean failed(TransportException error) {
        Objects.requireNonNull(error, "error");
        settled = true;
        return completeExceptionally(error);
    }

    /** A future whose cancellation reaches this call. */
    @Override
    public final <U> CompletableFuture<U> newIncompleteFuture() {
        return new Dependent<>(this);
    }

    /** A dependent was cancelled: nobody is going to take the answer any more. */
    private void cancelledBelow() {
        if (!cancel(true) && !isCompletedExceptionally() && getNow(null) instanceof Response answer) {
            answer.content().closeUnread();
        }
    }

    /**
     * The body of an answer, as its call knows it; see {@link UpstreamResponse#body()} for what a reader may expect. Thread-safe; no
     * method blocks.
     *
     * @since 1.0
     */
    public interface Content extends Flow.Publisher<List<ByteBuffer>> {

        /** {@link UpstreamResponse#close()}: ends the call, whether the body is being read or not. Idempotent. */
        void close();

        /** Closes it, and refuses readers from then on, if nobody has begun to read it; otherwise does nothing. */
        void closeUnread();
    }

    private record Response(int status, Headers headers, Content content) implements UpstreamResponse {

        Response {
            Objects.requireNonNull(headers, "headers");
            Objects.requireNonNull(content, "content");
        }

        @Override
        public Flow.Publisher<List<ByteBuffer>> body() {
            return content;
        }

        @Override
        public void close() {
            content.close();
        }

        @Override
        public String toString() {
            return "UpstreamResponse[" + status + "]";
        }
    }

    private static final class Dependent<T> extends CompletableFuture<T> {

        private final UpstreamCall call;

        Dependent(UpstreamCall call) {
            this.call = call;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new Dependent<>(call);
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean pending = !isDone();
            boolean cancelled = super.cancel(mayInterrupt);
            if (pending && cancelled) {
                call.cancelledBelow();
            }
            return cancelled;
        }
    }
}
