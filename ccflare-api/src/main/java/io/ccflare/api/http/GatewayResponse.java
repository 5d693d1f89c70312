package io.ccflare.api.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One response: status and headers at once, the body as it comes.
 *
 * <p><b>Consume or close.</b> Whoever takes it subscribes to {@link #body()} once, or closes it; otherwise a call in flight, its
 * slot and its connection stay occupied until the gateway's bound for untouched responses has passed. A second subscriber
 * gets {@link IllegalStateException} in {@code onError}, as does one that comes after {@link #close()}.
 *
 * <p>Thread-safe.
 *
 * @since 1.0
 */
public final class GatewayResponse implements AutoCloseable {

    private enum Use {
        FRESH,
        SUBSCRIBED,
        CLOSED
    }

    private final int status;
    private final Headers headers;
    private final Flow.Publisher<List<ByteBuffer>> source;
    private final Runnable release;
    private final AtomicReference<Use> use = new AtomicReference<>(Use.FRESH);

    private GatewayResponse(int status, Headers headers, Flow.Publisher<List<ByteBuffer>> source, Runnable release) {
        this.status = status;
        this.headers = Objects.requireNonNull(headers, "headers");
        this.source = Objects.requireNonNull(source, "source");
        this.release = Objects.requireNonNull(release, "release");
    }

    /**
     * A response whose body is still to come.
     *
     * @param source subscribed at most once
     * @param release runs once, on the first {@link #close()}: gives back what the response holds and cancels a body that is
     *     under way; must not block
     */
    public static GatewayResponse of(
            int status, Headers headers, Flow.Publisher<List<ByteBuffer>> source, Runnable release) {
        return new GatewayResponse(status, headers, source, release);
    }

    /** A response whose body is there; its length is not added to the headers. */
    public static GatewayResponse of(int status, Headers headers, FixedBody body) {
        return new GatewayResponse(status, headers, body, () -> {});
    }

    /** The status code; may be one that HTTP does not name, such as 529. */
    public int status() {
        return status;
    }

    /**
     * End-to-end headers only. {@code Content-Length} stands among them when it is known; framing is the host's.
     */
    public Headers headers() {
        return headers;
    }

    /** The body; see the class comment for how often it may be subscribed. */
    public Flow.Publisher<List<ByteBuffer>> body() {
        return this::subscribe;
    }

    /** Whether neither a subscriber nor {@link #close()} came yet. */
    public boolean untouched() {
        return use.get() == Use.FRESH;
    }

    private void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (use.compareAndSet(Use.FRESH, Use.SUBSCRIBED)) {
            source.subscribe(subscriber);
            return;
        }
        subscriber.onSubscribe(new NoSubscription());
        subscriber.onError(new IllegalStateException(
                use.get() == Use.CLOSED ? "the response is closed" : "the body of a response is read once"));
    }

    /** Gives the call up: cancels what is under way and releases slot and connection. Idempotent; does not block. */
    @Override
    public void close() {
        if (use.getAndSet(Use.CLOSED) != Use.CLOSED) {
            release.run();
        }
    }

    @Override
    public String toString() {
        return "GatewayResponse[" + status + "]";
    }

    private static final class NoSubscription implements Flow.Subscription {
        @Override
        public void request(long n) {
            // Nothing will come: onError has told why.
        }

        @Override
        public void cancel() {
            // Nothing to give back.
        }
    }
}
