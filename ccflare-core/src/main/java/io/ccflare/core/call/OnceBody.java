package io.ccflare.core.call;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.transport.UpstreamBody;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;

/** A request body that streams through, and so can go up only once. */
final class OnceBody implements Flow.Publisher<List<ByteBuffer>> {

    private final GatewayRequest request;
    private volatile boolean taken;
    private volatile boolean broken;

    OnceBody(GatewayRequest request) {
        this.request = request;
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

    /** Notes who broke a body off. */
    private final class Watch implements Flow.Subscriber<List<ByteBuffer>> {

        private final Flow.Subscriber<? super List<ByteBuffer>> to;

        Watch(Flow.Subscriber<? super List<ByteBuffer>> to) {
            this.to = to;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
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
