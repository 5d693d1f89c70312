package io.ccflare.adapter.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: reads only what was asked for, one arrival per {@code onNext}, each in an array of its own. Signals
 * come from any thread; whoever finds nobody draining drains.
 */
final class RequestBody implements Flow.Publisher<List<ByteBuffer>>, Flow.Subscription, ReadListener {

    private static final System.Logger LOG = System.getLogger(RequestBody.class.getName());
    private static final int LARGEST_READ = 64 * 1024;
    private static final int USUAL_READ = 8 * 1024;

    private final HttpServletRequest request;
    private final Runnable whenRead;
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger signals = new AtomicInteger();
    private volatile Flow.@Nullable Subscriber<? super List<ByteBuffer>> subscriber;
    private volatile @Nullable ServletInputStream in;
    private volatile boolean readable;
    private volatile boolean allRead;
    private volatile boolean over;
    private volatile boolean brokeOff;
    private volatile @Nullable Throwable failure;
    /** Bytes of a known length that have not been read; -1 when it is not known. Touched only by who drains. */
    private long expected;

    /** @param whenRead runs once, when the last byte has been read */
    RequestBody(HttpServletRequest request, Runnable whenRead) {
        this.request = request;
        this.whenRead = whenRead;
        this.expected = request.getContentLengthLong();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!subscribed.compareAndSet(false, true)) {
            subscriber.onSubscribe(new Nothing());
            subscriber.onError(new IllegalStateException("the body of a request is read once"));
            return;
        }
        this.subscriber = subscriber;
        subscriber.onSubscribe(this);
        drain();
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            fail(new IllegalArgumentException("request(" + n + "): demand must be positive"));
            return;
        }
        demand.getAndAccumulate(n, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
        if (!over && started.compareAndSet(false, true)) {
            start();
        }
        drain();
    }

    /** Reading begins with the first demand: a handler that never asks costs nothing. */
    private void start() {
        try {
            ServletInputStream stream = request.getInputStream();
            in = stream;
            stream.setReadListener(this);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    @Override
    public void cancel() {
        over = true;
    }

    /** The exchange has ended: the container's stream must not be touched any more. */
    void abandon() {
        if (!over) {
            fail(new IOException("the request has ended before its body was read"));
        }
    }

    private void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        drain();
    }

    @Override
    public void onDataAvailable() {
        readable = true;
        drain();
    }

    @Override
    public void onAllDataRead() {
        allRead = true;
        drain();
    }

    @Override
    public void onError(Throwable cause) {
        brokeOff = true;
        fail(cause);
    }

    private void drain() {
        Flow.Subscriber<? super List<ByteBuffer>> to = subscriber;
        if (to == null || signals.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                pass(to);
            } catch (RuntimeException | Error e) {
                over = true;
                LOG.log(System.Logger.Level.ERROR, "the reader of a request body failed", e);
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    private void pass(Flow.Subscriber<? super List<ByteBuffer>> to) {
        while (!over) {
            Throwable broken = failure;
            if (allRead) {
                over = true;
                whenRead.run();
                to.onComplete();
            } else if (broken != null) {
                over = true;
                to.onError(broken);
            } else if (!readable || demand.get() == 0 && expected != 0) {
                // Once all that was announced is read, the end is looked for without demand.
                return;
            } else {
                ByteBuffer arrived = read();
                if (arrived != null) {
                    demand.getAndUpdate(now -> now == Long.MAX_VALUE ? now : now - 1);
                    to.onNext(List.of(arrived));
                }
            }
        }
    }

    /** What is there; null when nothing is, for a reason that the fields tell. */
    private @Nullable ByteBuffer read() {
        ServletInputStream stream = Objects.requireNonNull(in);
        try {
            // Before the question, since the container may call back before it returns.
            readable = false;
            if (!stream.isReady()) {
                return null;
            }
            readable = true;
            byte[] bytes = new byte[room(stream.available())];
            int count = stream.read(bytes);
            allRead = count < 0 || stream.isFinished();
            expected -= expected > 0 && count > 0 ? count : 0;
            return count > 0 ? arrival(bytes, count) : null;
        } catch (IOException | RuntimeException e) {
            brokeOff = true;
            failure = e;
            return null;
        }
    }

    /** Whether the caller has not sent what it announced: it is gone, or its next request would not be found. */
    boolean brokeOff() {
        return brokeOff;
    }

    /** What the container says is there may be less than is there (Tomcat). */
    private int room(int there) {
        int room = Math.min(Math.max(there, USUAL_READ), LARGEST_READ);
        return expected > 0 ? (int) Math.min(room, expected) : room;
    }

    /** A reader may keep what it gets for long: not a large array for a few bytes. */
    private static ByteBuffer arrival(byte[] bytes, int count) {
        return count < bytes.length / 2
                ? ByteBuffer.wrap(Arrays.copyOf(bytes, count))
                : ByteBuffer.wrap(bytes, 0, count);
    }

    private static final class Nothing implements Flow.Subscription {
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
