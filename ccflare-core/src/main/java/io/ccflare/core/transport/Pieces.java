package io.ccflare.core.transport;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Flattens batches into single buffers of at most 16 KiB, on demand. No byte is copied. Small pieces, because writing a heap buffer to a
 * socket takes a temporary native buffer of the same size, which the writing thread then keeps.
 */
final class Pieces implements Flow.Subscriber<List<ByteBuffer>>, Flow.Subscription {

    private static final int SIZE = 16 * 1024;

    private final Flow.Subscriber<? super ByteBuffer> downstream;
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger draining = new AtomicInteger();
    private volatile Flow.Subscription upstream = NoSubscription.INSTANCE;
    private volatile @Nullable List<ByteBuffer> arrived;
    private volatile boolean asked;
    private volatile boolean awaiting;
    private volatile boolean ended;
    private volatile boolean cancelled;
    private @Nullable Throwable error;

    /** Touched only while draining. */
    private @Nullable Iterator<ByteBuffer> batch;

    private @Nullable ByteBuffer buffer;

    Pieces(Flow.Subscriber<? super ByteBuffer> downstream) {
        this.downstream = downstream;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        upstream = subscription;
        if (cancelled) {
            subscription.cancel();
        }
        downstream.onSubscribe(this);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrived = buffers;
        awaiting = false;
        drain();
    }

    @Override
    public void onError(Throwable thrown) {
        error = thrown;
        ended = true;
        drain();
    }

    @Override
    public void onComplete() {
        ended = true;
        drain();
    }

    @Override
    public void request(long n) {
        asked = true;
        demand.accumulateAndGet(n, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
        drain();
    }

    @Override
    public void cancel() {
        cancelled = true;
        upstream.cancel();
    }

    private void drain() {
        if (draining.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            emit();
            missed = draining.addAndGet(-missed);
        } while (missed != 0);
    }

    private void emit() {
        while (!cancelled) {
            boolean last = ended;
            boolean wanted = demand.get() > 0;
            ByteBuffer piece = next();
            if (piece != null && wanted) {
                demand.decrementAndGet();
                downstream.onNext(take(piece));
            } else if (piece == null && last && (asked || error != null)) {
                finish();
            } else if (piece != null || !wanted || awaiting) {
                return;
            } else if (arrived == null) {
                awaiting = true;
                upstream.request(1);
            }
        }
    }

    /** The buffer whose bytes are next, or null if none is there. */
    private @Nullable ByteBuffer next() {
        while (buffer == null || !buffer.hasRemaining()) {
            if (batch != null && batch.hasNext()) {
                buffer = batch.next().asReadOnlyBuffer();
                continue;
            }
            List<ByteBuffer> more = arrived;
            if (more == null) {
                return null;
            }
            arrived = null;
            batch = more.iterator();
        }
        return buffer;
    }

    private static ByteBuffer take(ByteBuffer from) {
        int length = Math.min(SIZE, from.remaining());
        ByteBuffer piece = from.slice(from.position(), length);
        from.position(from.position() + length);
        return piece;
    }

    private void finish() {
        cancelled = true;
        batch = null;
        buffer = null;
        // It may hold the whole body, and the JDK refers to this object until the answer ends.
        upstream = NoSubscription.INSTANCE;
        if (error == null) {
            downstream.onComplete();
        } else {
            downstream.onError(error);
        }
    }
}
