package io.ccflare.adapter.servlet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/** The first half of a body; then, when the test says so, the upstream is gone. */
final class HalfBody implements Flow.Publisher<List<ByteBuffer>> {

    private final CountDownLatch broken;

    HalfBody(CountDownLatch broken) {
        this.broken = broken;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> to) {
        to.onSubscribe(new Flow.Subscription() {
            private boolean sent;

            @Override
            public void request(long n) {
                if (!sent) {
                    sent = true;
                    to.onNext(List.of(ByteBuffer.wrap(WayToEnd.HALF.getBytes(StandardCharsets.US_ASCII))));
                    WayToEnd.after(broken, () -> to.onError(new IOException("upstream is gone")));
                }
            }

            @Override
            public void cancel() {
                // What was to come does no harm.
            }
        });
    }
}
