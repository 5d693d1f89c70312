package io.ccflare.testkit.transport;

import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.testkit.Waits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A request body in the test's hand: hands over what the test says, and only when it was asked for. */
final class Upload implements Flow.Publisher<List<ByteBuffer>> {

    final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    final AtomicInteger subscribed = new AtomicInteger();
    private final CompletableFuture<Flow.Subscriber<? super List<ByteBuffer>>> subscriber = new CompletableFuture<>();
    private long demand;

    UpstreamBody ofLength(long length) {
        return new UpstreamBody.Streamed(this, length);
    }

    UpstreamBody ofUnknownLength() {
        return ofLength(-1);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> to) {
        subscribed.incrementAndGet();
        to.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                asked(n);
            }

            @Override
            public void cancel() {
                cancelled.complete(null);
            }
        });
        subscriber.complete(to);
    }

    /** One batch of so many buffers. */
    Upload send(String... buffers) throws Exception {
        if (!taken(TimeUnit.SECONDS.toMillis(Waits.SECONDS))) {
            throw new AssertionError("waited " + Waits.SECONDS + " s in vain for demand for the request's body");
        }
        to().onNext(java.util.Arrays.stream(buffers)
                .map(text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))
                        .asReadOnlyBuffer())
                .toList());
        return this;
    }

    /** Hands a batch over if it is asked for within the time given; false when it is not. */
    boolean offer(byte[] bytes, long millis) throws Exception {
        if (!taken(millis)) {
            return false;
        }
        to().onNext(List.of(ByteBuffer.wrap(bytes)));
        return true;
    }

    void complete() throws Exception {
        to().onComplete();
    }

    void fail(Throwable cause) throws Exception {
        to().onError(cause);
    }

    private Flow.Subscriber<? super List<ByteBuffer>> to() throws Exception {
        return Waits.get(subscriber, "a subscriber of the request's body");
    }

    private synchronized void asked(long n) {
        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        notifyAll();
    }

    private synchronized boolean taken(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (demand == 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        demand--;
        return true;
    }
}
