package io.ccflare.testkit.adapter;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** A body of so many bytes that takes no memory: the same block again and again, whenever one is asked for. */
final class Flood implements Flow.Publisher<List<ByteBuffer>>, Flow.Subscription {

    private static final ByteBuffer BLOCK = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

    private final long size;
    private final AtomicLong given = new AtomicLong();
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private volatile Flow.Subscriber<? super List<ByteBuffer>> to = new Sink();

    Flood(long size) {
        this.size = size;
    }

    long given() {
        return given.get();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        to = subscriber;
        subscriber.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        if (demand.getAndAdd(n) != 0) {
            return;
        }
        do {
            if (cancelled || given.get() >= size) {
                return;
            }
            given.addAndGet(BLOCK.remaining());
            to.onNext(List.of(BLOCK.duplicate()));
            if (given.get() >= size) {
                to.onComplete();
            }
        } while (demand.decrementAndGet() > 0);
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
