package io.ccflare.core.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of a request that comes when a test says so. */
final class LateBody implements Flow.Publisher<List<ByteBuffer>>, Flow.Subscription {

    private final String text;
    volatile boolean cancelled;
    private volatile Flow.@Nullable Subscriber<? super List<ByteBuffer>> reader;

    LateBody(String text) {
        this.text = text;
    }

    void send() {
        Flow.Subscriber<? super List<ByteBuffer>> to = reader;
        if (to == null) {
            throw new AssertionError("nobody reads the body");
        }
        to.onNext(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
        to.onComplete();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        reader = subscriber;
        subscriber.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        // It comes when the test says so.
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
