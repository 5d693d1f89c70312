package io.ccflare.testkit.adapter;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A body of batches that are there already: hands over what is asked for as it is asked, or on another thread. */
final class Batches implements Flow.Publisher<List<ByteBuffer>> {

    private final List<List<ByteBuffer>> batches;
    private final Executor giver;

    Batches(List<List<ByteBuffer>> batches) {
        this(batches, Runnable::run);
    }

    Batches(List<List<ByteBuffer>> batches, Executor giver) {
        this.batches = batches;
        this.giver = giver;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> to) {
        Giving giving = new Giving(to);
        to.onSubscribe(giving);
        if (batches.isEmpty()) {
            giving.end();
        }
    }

    private final class Giving implements Flow.Subscription {

        private final Flow.Subscriber<? super List<ByteBuffer>> to;
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicLong demand = new AtomicLong();
        private int next;

        Giving(Flow.Subscriber<? super List<ByteBuffer>> to) {
            this.to = to;
        }

        @Override
        public void request(long n) {
            if (batches.isEmpty()) {
                return;
            }
            // On the spot, from within onNext too: whoever asks there must not be called deeper and deeper.
            if (demand.getAndAdd(n) == 0) {
                giver.execute(this::give);
            }
        }

        private void give() {
            long left = 1;
            while (left > 0 && !over.get()) {
                ByteBuffer[] copies =
                        batches.get(next++).stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
                to.onNext(List.of(copies));
                if (next == batches.size()) {
                    end();
                    return;
                }
                left = demand.decrementAndGet();
            }
        }

        private void end() {
            if (over.compareAndSet(false, true)) {
                to.onComplete();
            }
        }

        @Override
        public void cancel() {
            over.set(true);
        }
    }
}
