package io.ccflare.adapter.vertx.transport;

import io.ccflare.api.transport.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads a body with the demand that a test gives, and checks that signals come one at a time. */
final class BodyReader implements Flow.Subscriber<List<ByteBuffer>> {

    final CompletableFuture<String> done = new CompletableFuture<>();
    final BlockingQueue<String> batches = new LinkedBlockingQueue<>();
    final AtomicInteger signalsAfterEnd = new AtomicInteger();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicInteger inside = new AtomicInteger();
    private final long first;
    volatile Flow.Subscription subscription;

    private BodyReader(long first) {
        this.first = first;
    }

    static BodyReader all(UpstreamResponse response) {
        return with(response, Long.MAX_VALUE);
    }

    static BodyReader all(Flow.Publisher<List<ByteBuffer>> body) {
        BodyReader reader = new BodyReader(Long.MAX_VALUE);
        body.subscribe(reader);
        return reader;
    }

    static BodyReader with(UpstreamResponse response, long demand) {
        BodyReader reader = new BodyReader(demand);
        response.body().subscribe(reader);
        return reader;
    }

    String next() throws InterruptedException {
        return batches.poll(20, TimeUnit.SECONDS);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (first > 0) {
            given.request(first);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (inside.getAndIncrement() != 0 || done.isDone()) {
            signalsAfterEnd.incrementAndGet();
        }
        StringBuilder text = new StringBuilder();
        for (ByteBuffer buffer : buffers) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(copy);
            bytes.writeBytes(copy);
            text.append(new String(copy, StandardCharsets.ISO_8859_1));
        }
        batches.add(text.toString());
        inside.decrementAndGet();
    }

    @Override
    public void onError(Throwable error) {
        if (!done.completeExceptionally(error)) {
            signalsAfterEnd.incrementAndGet();
        }
    }

    @Override
    public void onComplete() {
        if (!done.complete(bytes.toString(StandardCharsets.ISO_8859_1))) {
            signalsAfterEnd.incrementAndGet();
        }
    }
}
