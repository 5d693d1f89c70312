package io.ccflare.httpclient;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: a publisher of buffers as one of batches. All of the publisher's code runs in the call's order of uploads,
 * since the JDK's publishers read their files and streams where they are asked.
 */
final class RequestBody implements Flow.Publisher<List<ByteBuffer>> {

    private final BodyPublisher publisher;
    private final long contentLength;
    private final Serial uploads;
    private final Consumer<Throwable> broken;

    /** @param broken told when the body cannot be sent whole, before the gateway is */
    RequestBody(BodyPublisher publisher, long contentLength, Serial uploads, Consumer<Throwable> broken) {
        this.publisher = publisher;
        this.contentLength = contentLength;
        this.uploads = uploads;
        this.broken = broken;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        subscriber.onSubscribe(new Upload(subscriber));
    }

    private final class Upload implements Flow.Subscriber<ByteBuffer>, Flow.Subscription {

        private final Flow.Subscriber<? super List<ByteBuffer>> gateway;
        // These three belong to the order of uploads.
        private Flow.@Nullable Subscription source;
        private boolean begun;
        private long early;
        // This one belongs to the publisher's order of signals.
        private long sent;
        private volatile boolean done;

        Upload(Flow.Subscriber<? super List<ByteBuffer>> gateway) {
            this.gateway = gateway;
        }

        @Override
        public void request(long n) {
            inOrder(() -> ask(n));
        }

        private void ask(long n) {
            if (done) {
                return;
            }
            if (source != null) {
                source.request(n);
                return;
            }
            early = early + n < 0 ? Long.MAX_VALUE : early + n;
            if (!begun) {
                begun = true;
                publisher.subscribe(this);
            }
        }

        @Override
        public void cancel() {
            done = true;
            inOrder(() -> {
                if (source != null) {
                    source.cancel();
                }
            });
        }

        /** May come on a thread of the publisher's. */
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            inOrder(() -> {
                source = subscription;
                if (done) {
                    subscription.cancel();
                } else {
                    subscription.request(early);
                }
            });
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            if (done) {
                return;
            }
            sent += buffer.remaining();
            if (contentLength > 0 && sent > contentLength) {
                breakOff(new IOException(
                        "Too many bytes in request body: " + contentLength + " announced, at least " + sent + " came"));
                cancel();
            } else if (buffer.hasRemaining()) {
                gateway.onNext(List.of(buffer));
            } else {
                request(1);
            }
        }

        @Override
        public void onError(Throwable cause) {
            breakOff(cause);
        }

        @Override
        public void onComplete() {
            if (!done && contentLength > 0 && sent < contentLength) {
                breakOff(new IOException(
                        "Too few bytes returned by the publisher: " + contentLength + " announced, " + sent + " came"));
            } else if (!done) {
                done = true;
                gateway.onComplete();
            }
        }

        private void breakOff(Throwable cause) {
            if (!done) {
                done = true;
                broken.accept(cause);
                gateway.onError(cause);
            }
        }

        private void inOrder(Runnable step) {
            uploads.execute(() -> {
                try {
                    step.run();
                } catch (Throwable t) {
                    breakOff(t);
                }
            });
        }
    }
}
