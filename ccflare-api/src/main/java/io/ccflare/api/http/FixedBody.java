package io.ccflare.api.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A body that is there already: hands over its bytes as one batch to every subscriber that asks.
 *
 * <p>Immutable and thread-safe; may be subscribed any number of times. Batches are delivered on the thread that asks.
 *
 * @since 1.0
 */
public final class FixedBody implements Flow.Publisher<List<ByteBuffer>> {

    private static final FixedBody EMPTY = new FixedBody(new byte[0]);

    private final byte[] bytes;

    private FixedBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A body without a byte. */
    public static FixedBody empty() {
        return EMPTY;
    }

    /**
     * A body of these bytes.
     *
     * @param bytes become this body's; must not be changed any more
     */
    public static FixedBody of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new FixedBody(bytes);
    }

    /** How many bytes it has. */
    public int length() {
        return bytes.length;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        OneBatch subscription = new OneBatch(subscriber);
        subscriber.onSubscribe(subscription);
        if (bytes.length == 0 && subscription.done.compareAndSet(false, true)) {
            subscriber.onComplete();
        }
    }

    private final class OneBatch implements Flow.Subscription {

        private final Flow.Subscriber<? super List<ByteBuffer>> subscriber;
        private final AtomicBoolean done = new AtomicBoolean();

        OneBatch(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            if (bytes.length == 0 || !done.compareAndSet(false, true)) {
                return;
            }
            if (n <= 0) {
                subscriber.onError(new IllegalArgumentException("request(" + n + "): demand must be positive"));
                return;
            }
            subscriber.onNext(List.of(ByteBuffer.wrap(bytes).asReadOnlyBuffer()));
            subscriber.onComplete();
        }

        @Override
        public void cancel() {
            done.set(true);
        }
    }
}
