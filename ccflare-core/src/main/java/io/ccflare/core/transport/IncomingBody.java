package io.ccflare.core.transport;

import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamCall;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body between the JDK and its reader. Demand goes straight through to the JDK's own subscription, and so to the
 * socket; nothing is kept here. No lock is held while anybody is called.
 */
final class IncomingBody
        implements HttpResponse.BodySubscriber<@Nullable Void>, UpstreamCall.Content, Flow.Subscription {

    /** How it ended; without an error, as its framing says. */
    private record End(@Nullable Throwable error) {}

    private final String peer;
    private final Runnable whenOver;
    private final AtomicReference<Flow.@Nullable Subscriber<? super List<ByteBuffer>>> reader = new AtomicReference<>();
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();

    /** Signals under way; starts at one, which stands for the reader that has not come yet. */
    private final AtomicInteger signalling = new AtomicInteger(1);

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong earlyDemand = new AtomicLong();
    private volatile Flow.@Nullable Subscription socket;
    private volatile boolean ready;
    private volatile boolean cancelled;

    IncomingBody(String peer, Runnable whenOver) {
        this.peer = peer;
        this.whenOver = whenOver;
    }

    // --- towards the JDK

    @Override
    public CompletionStage<@Nullable Void> getBody() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        socket = subscription;
        if (over.get()) {
            subscription.cancel();
        } else {
            passEarlyDemand();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        Flow.Subscriber<? super List<ByteBuffer>> to = reader.get();
        if (cancelled || to == null || signalling.getAndIncrement() != 0) {
            return;
        }
        try {
            to.onNext(buffers);
        } finally {
            release();
        }
    }

    @Override
    public void onError(Throwable thrown) {
        over(new End(Failures.inBody(peer, thrown)));
    }

    @Override
    public void onComplete() {
        over(new End(null));
    }

    // --- towards the reader

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        if (!reader.compareAndSet(null, subscriber)) {
            subscriber.onSubscribe(NoSubscription.INSTANCE);
            subscriber.onError(new IllegalStateException(
                    reader.get() == Closed.READER
                            ? "the response was closed before its body was read"
                            : "a response's body can be read only once"));
            return;
        }
        subscriber.onSubscribe(this);
        release();
        ready = true;
        passEarlyDemand();
    }

    @Override
    public void request(long n) {
        Flow.Subscription to = socket;
        if (n <= 0) {
            fail(new IllegalArgumentException("request(" + n + "): demand must be positive"));
        } else if (ready && to != null) {
            to.request(n);
        } else {
            earlyDemand.accumulateAndGet(n, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
            passEarlyDemand();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        stop();
    }

    @Override
    public void close() {
        reader.compareAndSet(null, Closed.READER);
        cancel();
    }

    @Override
    public void closeUnread() {
        if (reader.compareAndSet(null, Closed.READER)) {
            cancel();
        }
    }

    /** Ends it from this side: the reader gets an error, the connection is closed. */
    void shutDown() {
        fail(new TransportException(Phase.BODY, peer + ": the answer broke off: the transport was closed", null));
    }

    private void fail(Throwable error) {
        if (end.compareAndSet(null, new End(error))) {
            stop();
            signalEnd();
        }
    }

    private void over(End how) {
        if (end.compareAndSet(null, how) && over.compareAndSet(false, true)) {
            whenOver.run();
            signalEnd();
        }
    }

    /** Closes the connection, unless the body ended on its own: then the connection is somebody else's already. */
    private void stop() {
        if (over.compareAndSet(false, true)) {
            Flow.Subscription from = socket;
            if (from != null) {
                from.cancel();
            }
            whenOver.run();
        }
    }

    /** What the reader asked for before both sides were there. */
    private void passEarlyDemand() {
        Flow.Subscription to = socket;
        if (ready && to != null) {
            long n = earlyDemand.getAndSet(0);
            if (n > 0) {
                to.request(n);
            }
        }
    }

    private void signalEnd() {
        if (signalling.getAndIncrement() == 0) {
            deliverEnd();
        }
    }

    private void release() {
        if (signalling.decrementAndGet() != 0) {
            deliverEnd();
        }
    }

    private void deliverEnd() {
        Flow.Subscriber<? super List<ByteBuffer>> to = reader.get();
        End how = end.get();
        if (cancelled || to == null || how == null) {
            return;
        }
        if (how.error() == null) {
            to.onComplete();
        } else {
            to.onError(how.error());
        }
    }

    /** Stands where the reader of a response would stand that was closed unread. */
    private enum Closed implements Flow.Subscriber<List<ByteBuffer>> {
        READER;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> item) {
            // nobody reads
        }

        @Override
        public void onError(Throwable throwable) {
            // nobody asks
        }

        @Override
        public void onComplete() {
            // nobody asks
        }
    }
}
