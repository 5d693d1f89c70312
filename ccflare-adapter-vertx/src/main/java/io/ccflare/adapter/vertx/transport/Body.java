package io.ccflare.adapter.vertx.transport;

import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamCall;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A response's body on its way down. What is called on other threads hops to the event loop, where everything happens and every
 * signal is given. The bytes are those that Vert.x read: heap memory that nobody else has.
 */
final class Body implements UpstreamCall.Content, Flow.Subscription {

    /**
     * How far to read ahead of the reader before Vert.x is told to pause. More than nothing, because a paused connection of Vert.x that
     * the peer closes reports a chunked body as broken even if its end had come.
     */
    private static final int MOST_BYTES = 32 * 1024;

    private static final int MOST_BATCHES = 64;

    private final Call call;
    private final HttpClientResponse response;

    /** By the head; -1 when only the end tells. */
    private final long length;

    private final boolean endsWithConnection;
    private final boolean reusable;

    /** Set in HTTP/1.1, where the end comes with the last byte. */
    private final boolean endFollows;

    private final Handler<Void> arrived = this::onArrival;

    private Flow.@Nullable Subscriber<? super List<ByteBuffer>> reader;
    private boolean taken;
    private long demand;
    private long received;

    /** What is arriving together, and what arrived before and was not asked for yet; and the bytes of both. */
    private List<ByteBuffer> batch = List.of();

    private final Deque<List<ByteBuffer>> late = new ArrayDeque<>(2);
    private int held;

    private boolean arriving;
    private boolean signalling;
    private boolean paused;

    /** Nothing more comes; then, whether this has been told or nobody wants to know. */
    private boolean ended;

    private boolean done;
    private @Nullable Throwable error;

    Body(Call call, HttpClientResponse response, boolean toHead) {
        this.call = call;
        this.response = response;
        length = Head.length(response, toHead);
        reusable = Head.keepsConnection(response, length);
        endFollows = response.version() != HttpVersion.HTTP_2;
        endsWithConnection = endFollows && length < 0 && !response.headers().contains("Transfer-Encoding");
        response.handler(this::onChunk);
        response.endHandler(this::onEnd);
        response.exceptionHandler(call::fail);
    }

    // --- towards Vert.x

    private void onChunk(Buffer chunk) {
        if (done) {
            return;
        }
        ByteBuffer bytes = ((BufferInternal) chunk).getByteBuf().nioBuffer();
        received += bytes.remaining();
        held += bytes.remaining();
        if (batch.isEmpty()) {
            batch = List.of(bytes);
        } else {
            if (batch.size() == 1) {
                batch = new ArrayList<>(batch);
            }
            batch.add(bytes);
        }
        if (held >= MOST_BYTES) {
            deliver();
        } else if (!arriving && !(endFollows && received == length)) {
            // More may have come with it.
            arriving = true;
            call.loop().arriving(this);
        }
    }

    /** All that came together is here. */
    void arrived() {
        if (arriving) {
            call.context().dispatch(null, arrived);
        }
    }

    private void onArrival(Void nothing) {
        arriving = false;
        deliver();
    }

    private void onEnd(Void nothing) {
        end(null, reusable);
    }

    /** The connection or the stream broke. What came before is still handed over. */
    void breakOff(Throwable thrown) {
        if (paused) {
            paused = false;
            response.fetch(Long.MAX_VALUE);
            call.context().runOnContext(nothing -> breakOff(thrown));
            return;
        }
        boolean whole = received == length || endsWithConnection && thrown instanceof HttpClosedException;
        end(whole ? null : Failures.of(Phase.BODY, call.origin(), thrown), false);
    }

    private void end(@Nullable Throwable how, boolean clean) {
        if (!ended) {
            ended = true;
            error = how;
            call.over(clean);
            deliver();
        }
    }

    // --- towards the reader

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        call.run(() -> {
            if (taken) {
                subscriber.onSubscribe(NoSubscription.INSTANCE);
                subscriber.onError(new IllegalStateException(
                        reader == null
                                ? "the response was closed before its body was read"
                                : "a response's body can be read only once"));
                return;
            }
            taken = true;
            reader = subscriber;
            signalling = true;
            try {
                subscriber.onSubscribe(this);
            } catch (RuntimeException | Error e) {
                cancel();
                throw e;
            } finally {
                signalling = false;
            }
            deliver();
        });
    }

    @Override
    public void request(long n) {
        call.run(() -> {
            if (n <= 0) {
                fail(new IllegalArgumentException("request(" + n + "): demand must be positive"));
                return;
            }
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            deliver();
        });
    }

    @Override
    public void cancel() {
        call.run(() -> {
            taken = true;
            done = true;
            drop();
            end(null, false);
        });
    }

    @Override
    public void close() {
        cancel();
    }

    @Override
    public void closeUnread() {
        call.run(() -> {
            if (!taken) {
                cancel();
            }
        });
    }

    /** Ends it from this side: the reader gets the error, the connection is closed. */
    void fail(Throwable how) {
        if (!done) {
            drop();
            ended = false;
            end(how, false);
        }
    }

    private void drop() {
        late.clear();
        batch = List.of();
    }

    /** Hands over what was asked for, the end if it is due, and holds Vert.x back or lets it go on. */
    private void deliver() {
        if (signalling) {
            return;
        }
        if (!batch.isEmpty() && (!arriving || ended || held >= MOST_BYTES)) {
            late.add(batch);
            batch = List.of();
        }
        Flow.Subscriber<? super List<ByteBuffer>> to = reader;
        signalling = true;
        try {
            while (!done && to != null) {
                if (!late.isEmpty() && demand > 0) {
                    demand = demand == Long.MAX_VALUE ? demand : demand - 1;
                    signal(to, late.remove());
                } else if (late.isEmpty() && ended) {
                    done = true;
                    signalEnd(to);
                } else {
                    break;
                }
            }
        } finally {
            signalling = false;
        }
        boolean full = held >= MOST_BYTES || late.size() >= MOST_BATCHES;
        if (!ended && full != paused) {
            paused = full;
            if (full) {
                response.pause();
            } else {
                response.fetch(Long.MAX_VALUE);
            }
        }
    }

    private void signal(Flow.Subscriber<? super List<ByteBuffer>> to, List<ByteBuffer> next) {
        for (ByteBuffer bytes : next) {
            held -= bytes.remaining();
        }
        try {
            to.onNext(next);
        } catch (RuntimeException | Error e) {
            cancel();
            throw e;
        }
    }

    private void signalEnd(Flow.Subscriber<? super List<ByteBuffer>> to) {
        if (error == null) {
            to.onComplete();
        } else {
            to.onError(error);
        }
    }
}
