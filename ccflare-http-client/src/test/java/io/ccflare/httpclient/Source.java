package io.ccflare.httpclient;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A response body in the test's hand: hands over what the test says, when it was asked for, on the test's thread. */
final class Source implements Flow.Publisher<List<ByteBuffer>> {

    final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    final AtomicLong asked = new AtomicLong();
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
        subscriber.complete(to);
    }

    Source send(String... buffers) throws Exception {
        if (!demand.tryAcquire(10, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody asked for the next batch");
        }
        to().onNext(java.util.Arrays.stream(buffers)
                .map(text ->
                        ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer())
                .toList());
        return this;
    }

    void complete() throws Exception {
        to().onComplete();
    }

    void fail(Throwable cause) throws Exception {
        to().onError(cause);
    }

    private Flow.Subscriber<? super List<ByteBuffer>> to() throws Exception {
        return subscriber.get(10, TimeUnit.SECONDS);
    }
}
