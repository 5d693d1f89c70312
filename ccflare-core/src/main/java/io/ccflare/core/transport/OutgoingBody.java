package io.ccflare.core.transport;

import io.ccflare.api.transport.UpstreamBody;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request's body in the shape that the JDK's client takes. It asks for the length when it has a connection and is about to
 * write the head: until then, nothing can have left.
 */
final class OutgoingBody implements HttpRequest.BodyPublisher {

    private final long length;
    private volatile Flow.Publisher<List<ByteBuffer>> source;
    private volatile boolean begun;
    private volatile @Nullable Pieces current;
    private volatile boolean abandoned;

    private OutgoingBody(Flow.Publisher<List<ByteBuffer>> source, long length) {
        this.source = source;
        this.length = length;
    }

    static OutgoingBody of(UpstreamBody body) {
        if (body instanceof UpstreamBody.Streamed streamed) {
            return new OutgoingBody(new Once(streamed.publisher()), streamed.length());
        }
        List<ByteBuffer> buffers = body instanceof UpstreamBody.Gathered gathered ? gathered.buffers() : List.of();
        return new OutgoingBody(new Batch(buffers), body.length());
    }

    /** Whether the head of the request may have been written. */
    boolean begun() {
        return begun;
    }

    /** The answer is coming: the bytes are not needed any more, though the JDK refers to this object until the answer ends. */
    void letGo() {
        source = new Batch(List.of());
    }

    /** The exchange is over: whoever still produces the body is told to stop. Idempotent. */
    void abandon() {
        abandoned = true;
        Pieces pieces = current;
        if (pieces != null) {
            pieces.cancel();
        }
    }

    @Override
    public long contentLength() {
        begun = true;
        return length;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        Pieces pieces = new Pieces(subscriber);
        current = pieces;
        source.subscribe(pieces);
        if (abandoned) {
            pieces.cancel();
        }
    }

    /** Buffers that are there, as one batch of duplicates; any number of times. */
    private record Batch(List<ByteBuffer> buffers) implements Flow.Publisher<List<ByteBuffer>> {

        @Override
        public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
            AtomicBoolean done = new AtomicBoolean();
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    if (done.compareAndSet(false, true)) {
                        List<ByteBuffer> duplicates = new ArrayList<>(buffers.size());
                        buffers.forEach(buffer -> duplicates.add(buffer.asReadOnlyBuffer()));
                        subscriber.onNext(duplicates);
                        subscriber.onComplete();
                    }
                }

                @Override
                public void cancel() {
                    done.set(true);
                }
            });
        }
    }

    /** Refuses the second subscription that a repetition of a GET by the JDK would bring. */
    private static final class Once implements Flow.Publisher<List<ByteBuffer>> {

        private final Flow.Publisher<List<ByteBuffer>> source;
        private final AtomicBoolean taken = new AtomicBoolean();

        Once(Flow.Publisher<List<ByteBuffer>> source) {
            this.source = source;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
            if (taken.compareAndSet(false, true)) {
                source.subscribe(subscriber);
            } else {
                subscriber.onSubscribe(NoSubscription.INSTANCE);
                subscriber.onError(new IllegalStateException("a streamed body cannot be sent twice"));
            }
        }
    }
}
