package io.ccflare.testkit.adapter;

import io.ccflare.testkit.Waits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A response body in the test's hand: hands over what the test says, when it was asked for. */
final class Source implements Flow.Publisher<List<ByteBuffer>> {

    final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    final AtomicLong asked = new AtomicLong();
    final AtomicInteger released = new AtomicInteger();
    private final CompletableFuture<Flow.Subscriber<? super List<ByteBuffer>>> subscriber = new CompletableFuture<>();
    private final Semaphore demand = new Semaphore(0);

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> to) {
        to.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                asked.addAndGet(n);
                demand.release((int) Math.min(n, 1 << 20));
            }

            @Override
            public void cancel() {
                cancelled.complete(null);
            }
        });
        if (!subscriber.complete(to)) {
            throw new AssertionError("the body was subscribed twice");
        }
    }

    /** One batch of so many buffers, read-only as those of the JDK's client are. */
    Source send(String... buffers) throws Exception {
        Waits.acquire(demand, "demand for the next batch");
        to().onNext(java.util.Arrays.stream(buffers)
                .map(text ->
                        ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer())
                .toList());
        return this;
    }

    /** Sends if demand comes within the time given; false when it does not. */
    boolean offer(byte[] bytes, long millis) throws Exception {
        if (!demand.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
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

    /** Completes, unless it was given up meanwhile. */
    void end() {
        if (!givenUp()) {
            subscriber.join().onComplete();
        }
    }

    /** For a response to run when it is closed. */
    void release() {
        released.incrementAndGet();
    }

    boolean givenUp() {
        return cancelled.isDone() || released.get() > 0;
    }

    private Flow.Subscriber<? super List<ByteBuffer>> to() throws Exception {
        return Waits.get(subscriber, "a subscriber of the response body");
    }
}
