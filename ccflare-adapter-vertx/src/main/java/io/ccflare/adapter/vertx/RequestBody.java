package io.ccflare.adapter.vertx;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: paused from the first moment, fetched as it is asked for, each buffer handed over as Vert.x made it. The
 * subscriber is called on the request's context.
 */
final class RequestBody implements Flow.Publisher<List<ByteBuffer>>, Flow.Subscription {

    private static final System.Logger LOG = System.getLogger(RequestBody.class.getName());

    private final HttpServerRequest request;
    private final Home home;
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private volatile Flow.@Nullable Subscriber<? super List<ByteBuffer>> subscriber;

    // On the request's context only.
    private boolean awaitsContinue;
    /** Bytes of a known length that have not come; -1 when it is not known. */
    private long expected;

    private boolean endFetched;
    private boolean over;
    private @Nullable Throwable untold;

    /**
     * Takes the request's body.
     *
     * @param expected its length, -1 when not known
     * @param awaitsContinue whether the caller waits for 100 before it sends
     */
    RequestBody(HttpServerRequest request, Home home, long expected, boolean awaitsContinue) {
        this.request = request;
        this.home = home;
        this.expected = expected;
        this.awaitsContinue = awaitsContinue;
        request.pause();
        request.handler(this::arrived);
        request.endHandler(nothing -> ended());
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!subscribed.compareAndSet(false, true)) {
            subscriber.onSubscribe(new Nothing());
            subscriber.onError(new IllegalStateException("the body of a request is read once"));
            return;
        }
        this.subscriber = subscriber;
        subscriber.onSubscribe(this);
        home.run(this::tell);
    }

    @Override
    public void request(long n) {
        if (home.here()) {
            fetch(n);
        } else {
            home.later(() -> fetch(n));
        }
    }

    private void fetch(long n) {
        if (n <= 0) {
            fail(new IllegalArgumentException("request(" + n + "): demand must be positive"));
            return;
        }
        if (over || endFetched) {
            return;
        }
        if (awaitsContinue) {
            awaitsContinue = false;
            if (!request.response().headWritten()) {
                request.response().writeContinue();
            }
        }
        request.fetch(n);
    }

    @Override
    public void cancel() {
        home.run(() -> {
            over = true;
            discard();
        });
    }

    /** The exchange has ended: what is still to come of the body is of no use. */
    void abandon() {
        if (!over) {
            fail(new IOException("the request has ended before its body was read"));
        }
        discard();
    }

    /** The rest is read and dropped: the connection can serve again, and a hang-up is seen behind it. */
    private void discard() {
        if (!request.isEnded()) {
            request.handler(null);
            request.resume();
        }
    }

    private void arrived(Buffer buffer) {
        Flow.Subscriber<? super List<ByteBuffer>> to = subscriber;
        if (over || to == null) {
            return;
        }
        if (buffer.length() == 0) {
            request.fetch(1);
            return;
        }
        expected -= expected > 0 ? Math.min(expected, buffer.length()) : 0;
        if (expected == 0) {
            // All that was announced is here: its end is looked for without demand.
            endFetched = true;
            request.fetch(1);
        }
        try {
            to.onNext(List.of(((BufferInternal) buffer).getByteBuf().nioBuffer()));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the reader of a request body failed", e);
            cancel();
        }
    }

    private void ended() {
        Flow.Subscriber<? super List<ByteBuffer>> to = subscriber;
        if (!over && to != null) {
            over = true;
            to.onComplete();
        }
    }

    private void fail(Throwable cause) {
        if (!over) {
            over = true;
            untold = cause;
            tell();
        }
    }

    private void tell() {
        Flow.Subscriber<? super List<ByteBuffer>> to = subscriber;
        Throwable cause = untold;
        if (to != null && cause != null) {
            untold = null;
            to.onError(cause);
        }
    }

    private static final class Nothing implements Flow.Subscription {
        @Override
        public void request(long n) {
            // Nothing will come: onError has told why.
        }

        @Override
        public void cancel() {
            // Nothing to give back.
        }
    }
}
