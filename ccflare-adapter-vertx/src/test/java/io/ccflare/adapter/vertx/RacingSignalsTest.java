package io.ccflare.adapter.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Batches of another thread that come in the very instants in which the event loop looks for them. */
class RacingSignalsTest {

    private static final int BATCHES = 150_000;

    /** Longer than it takes the other thread to hear of demand and to meet it. */
    private static final int LONGEST_LINGER = 400;

    /** Empty batches, so that no time goes into writing, and a last one that is not. */
    private static final class Body implements Flow.Publisher<List<ByteBuffer>>, Flow.Subscription {

        private final AtomicInteger demand = new AtomicInteger();
        private int asked;
        private final AtomicInteger taken = new AtomicInteger();
        private volatile Flow.Subscriber<? super List<ByteBuffer>> to;
        private volatile boolean over;

        @Override
        public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
            to = subscriber;
            subscriber.onSubscribe(this);
        }

        /** Lingers a little longer each time: one of them ends just when the batch comes. */
        @Override
        public void request(long n) {
            demand.addAndGet((int) n);
            int left = asked++ % LONGEST_LINGER;
            while (left > 0 && !over) {
                left--;
            }
        }

        @Override
        public void cancel() {
            over = true;
        }

        /** Counts when it is looked into. */
        private final class Empty extends AbstractList<ByteBuffer> {

            @Override
            public Iterator<ByteBuffer> iterator() {
                taken.incrementAndGet();
                return Collections.emptyIterator();
            }

            @Override
            public ByteBuffer get(int index) {
                throw new IndexOutOfBoundsException(index);
            }

            @Override
            public int size() {
                return 0;
            }
        }

        /** On a thread that never rests. */
        void give() {
            for (int given = 1; given <= BATCHES && !over; given++) {
                while (demand.get() == 0 && !over) {
                    Thread.onSpinWait();
                }
                demand.decrementAndGet();
                to.onNext(given < BATCHES ? new Empty() : Server.batch("the last"));
            }
            to.onComplete();
        }
    }

    @Test
    void no_batch_is_lost_for_another_that_was_asked_for_too_early() throws Exception {
        Body body = new Body();
        Thread giver = new Thread(body::give);
        try (Server server =
                Server.start(router -> VertxGateway.mount(router, "/v1", request -> Server.answer(body)))) {
            giver.start();
            assertThat(server.get("/v1/a").body()).isEqualTo("the last");
        } finally {
            body.cancel();
            giver.join();
        }
        assertThat(body.taken).hasValue(BATCHES - 1);
    }
}
