package io.ccflare.testkit.adapter;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.testkit.Waits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;

/** The reader of a request body: asks when the test does, or for all at once. */
final class Sink implements Flow.Subscriber<List<ByteBuffer>> {

    final LinkedBlockingQueue<byte[]> batches = new LinkedBlockingQueue<>();
    final CompletableFuture<byte[]> all = new CompletableFuture<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static Sink of(GatewayRequest request) {
        Sink sink = new Sink();
        request.body().subscribe(sink);
        return sink;
    }

    static CompletableFuture<byte[]> readAll(GatewayRequest request) {
        Sink sink = of(request);
        sink.subscription.join().request(Long.MAX_VALUE);
        return sink.all;
    }

    void ask(long n) throws Exception {
        Waits.get(subscription, "the subscription of a request body").request(n);
    }

    @Override
    public void onSubscribe(Flow.Subscription to) {
        subscription.complete(to);
    }

    @Override
    public void onNext(List<ByteBuffer> batch) {
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        for (ByteBuffer buffer : batch) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(copy);
            together.writeBytes(copy);
        }
        bytes.writeBytes(together.toByteArray());
        batches.add(together.toByteArray());
    }

    @Override
    public void onError(Throwable cause) {
        all.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        all.complete(bytes.toByteArray());
    }
}
