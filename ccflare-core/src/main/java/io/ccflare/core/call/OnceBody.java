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

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        taken = true;
        request.body().subscribe(subscriber);
    }
}
