package io.ccflare.core.call;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.transport.UpstreamBody;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;

/** A request body that streams through, and so can go up only once. */
final class OnceBody implements Flow.Publisher<List<ByteBuffer>> {

    private final GatewayRequest request;
    private final LongConsumer read;
    private volatile boolean taken;
    private volatile boolean broken;

    /** @param read told how many bytes went up so far */
    OnceBody(GatewayRequest request, LongConsumer read) {
        this.request = request;
        this.read = read;
    }

    UpstreamBody body() {
        return new UpstreamBody.Streamed(this, request.contentLength());
    }

    /** Whether a body can still be sent. */
    static boolean sendable(UpstreamBody body) {
        return !(body instanceof UpstreamBody.Streamed streamed)
                || !(streamed.publisher() instanceof OnceBody once)
                || !once.taken;
    }

    /** Whether the caller's own side of it broke off. */
    static boolean broken(UpstreamBody body) {
        return body instanceof UpstreamBody.Streamed streamed
                && streamed.publisher() instanceof OnceBody once
                && once.broken;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        taken = true;
        request.body().subscribe(new Watch(subscriber));
    }

    /** Notes how much was read, and who broke a body off. */
    private final class Watch implements Flow.Subscriber<List<ByteBuffer>> {

        private final Flow.Subscriber<? super List<ByteBuffer>> to;
        private long length;

        Watch(Flow.Subscriber<? super List<ByteBuffer>> to) {
            this.to = to;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
            // Before they go: whoever takes them moves their positions.
            for (ByteBuffer buffer : batch) {
                length += buffer.remaining();
            }
            read.accept(length);
            to.onNext(batch);
        }

        @Override
        public void onError(Throwable cause) {
            broken = true;
            to.onError(cause);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }
}
