package io.ccflare.adapter.vertx.transport;

import io.ccflare.api.transport.UpstreamBody;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A request's body on its way up, no faster than the socket takes it. What is small goes with the head in one write; what is large in
 * pieces, because Netty copies each write of heap memory into native memory of the same size. All on the event loop.
 */
final class Upload implements Flow.Subscriber<List<ByteBuffer>> {

    private static final int PIECE = 64 * 1024;

    private final Call call;
    private final HttpClientRequest exchange;
    private Flow.@Nullable Subscription source;
    private Iterator<ByteBuffer> batch = Collections.emptyIterator();
    private @Nullable ByteBuffer rest;

    /** How many bytes the head has promised that have not gone; -1 if it promised none. */
    private long promised;

    private boolean asked;
    private boolean last;
    private boolean pumping;
    private boolean done;

    Upload(Call call, HttpClientRequest exchange) {
        this.call = call;
        this.exchange = exchange;
    }

    boolean isDone() {
        return done;
    }

    void begin(UpstreamBody body) {
        promised = body.length();
        if (body instanceof UpstreamBody.Streamed streamed) {
            if (promised < 0) {
                exchange.setChunked(true);
            }
            exchange.drainHandler(drained -> pump());
            exchange.sendHead().onFailure(call::fail);
            streamed.publisher().subscribe(this);
            return;
        }
        if (body instanceof UpstreamBody.Gathered gathered) {
            batch = gathered.buffers().iterator();
        }
        last = true;
        if (promised > PIECE) {
            exchange.drainHandler(drained -> pump());
            pump();
        } else {
            Buffer all = piece();
            done = true;
            (all == null ? exchange.end() : exchange.end(all)).onFailure(call::fail);
        }
    }

    /** Nothing more is to go up: whoever still produces it is told to stop. */
    void cancel() {
        batch = Collections.emptyIterator();
        rest = null;
        if (!done) {
            done = true;
            if (source != null) {
                source.cancel();
            }
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        call.loop().run(() -> {
            if (done || source != null) {
                subscription.cancel();
                return;
            }
            source = subscription;
            pump();
        });
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        call.loop().run(() -> {
            if (!done) {
                asked = false;
                batch = buffers.iterator();
                pump();
            }
        });
    }

    @Override
    public void onError(Throwable error) {
        call.loop().run(() -> {
            if (!done) {
                call.fail(new IOException("the body of the request broke off: " + error.getMessage(), error));
            }
        });
    }

    @Override
    public void onComplete() {
        call.loop().run(() -> {
            last = true;
            pump();
        });
    }

    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!done && !exchange.writeQueueFull()) {
                Buffer piece = piece();
                if (piece != null) {
                    write(piece);
                } else if (last) {
                    finish();
                } else if (asked || source == null) {
                    return;
                } else {
                    asked = true;
                    source.request(1);
                }
            }
        } finally {
            pumping = false;
        }
    }

    private void write(Buffer piece) {
        if (promised >= 0) {
            promised -= piece.length();
            if (promised < 0) {
                call.fail(new IOException("the body of the request is longer than was said"));
                return;
            }
        }
        exchange.write(piece).onFailure(call::fail);
    }

    private void finish() {
        if (promised > 0) {
            call.fail(new IOException("the body of the request is shorter than was said"));
            return;
        }
        done = true;
        source = null;
        exchange.end().onFailure(call::fail);
    }

    /** The bytes that go next, at most {@link #PIECE} of them, or null when none is there. Nothing is copied. */
    private @Nullable Buffer piece() {
        List<ByteBuffer> parts = new ArrayList<>(4);
        int size = 0;
        while (size < PIECE && (rest != null || batch.hasNext())) {
            ByteBuffer from = rest == null ? batch.next().duplicate() : rest;
            int length = Math.min(PIECE - size, from.remaining());
            if (length > 0) {
                parts.add(from.slice(from.position(), length));
                from.position(from.position() + length);
                size += length;
            }
            rest = from.hasRemaining() ? from : null;
        }
        return switch (parts.size()) {
            case 0 -> null;
            case 1 -> BufferInternal.buffer(Unpooled.wrappedBuffer(parts.get(0)));
            default -> BufferInternal.buffer(Unpooled.wrappedBuffer(parts.size(), parts.toArray(ByteBuffer[]::new)));
        };
    }
}
