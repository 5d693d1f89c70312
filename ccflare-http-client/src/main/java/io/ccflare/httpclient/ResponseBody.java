package io.ccflare.httpclient;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Carries a body from the gateway's threads to the caller's subscriber. The next batch is asked for when the subscriber is done with
 * the last, whatever it has asked for: so a subscriber that blocks holds up its own stream alone, and never more than one batch.
 */
final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>>, Flow.Subscription {

    private final Call<?> call;
    private final Serial signals;
    private final BodySubscriber<?> subscriber;
    /** What the subscriber has asked for and not got. */
    private final AtomicLong demand = new AtomicLong();

    private volatile Flow.@Nullable Subscription source;
    private volatile @Nullable Throwable held;
    private volatile boolean handedOver;
    private volatile boolean over;
    /** Belongs to the order of signals. */
    private boolean begun;

    ResponseBody(Call<?> call, Serial signals, BodySubscriber<?> subscriber) {
        this.call = call;
        this.signals = signals;
        this.subscriber = subscriber;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source = subscription;
        if (over) {
            subscription.cancel();
            return;
        }
        signal(() -> {
            begun = true;
            subscriber.onSubscribe(this);
        });
    }

    @Override
    public void onNext(List<ByteBuffer> batch) {
        signal(() -> {
            subscriber.onNext(batch);
            if (demand.accumulateAndGet(1, ResponseBody::less) > 0) {
                askForOne();
            }
        });
    }

    @Override
    public void onError(Throwable cause) {
        IOException broken = cause instanceof IOException e
                ? e
                : new IOException("the response broke off: " + cause.getMessage(), cause);
        signals.execute(() -> {
            if (handedOver && demand.get() == 0) {
                held = broken;
            }
            // Asked again: the reader may have come to the end of what it has meanwhile.
            if (held == null || demand.get() > 0) {
                breakOff(broken);
            }
        });
    }

    /** The reader has it: from now on it learns of a break when it has taken what came before, which the JDK's streams forget otherwise. */
    void handOver() {
        handedOver = true;
    }

    @Override
    public void onComplete() {
        signal(() -> {
            over = true;
            try {
                subscriber.onComplete();
            } finally {
                call.ended();
            }
        });
    }

    /** Whether no more signals come. */
    boolean over() {
        return over;
    }

    /** Ends it in the middle: the gateway is told to stop now, the subscriber in its turn. Idempotent; any thread. */
    void abort(Throwable cause) {
        Flow.Subscription subscription = source;
        if (subscription != null) {
            subscription.cancel();
        }
        signals.execute(() -> breakOff(cause));
    }

    private void signal(Runnable signal) {
        signals.execute(() -> {
            if (over) {
                return;
            }
            try {
                signal.run();
            } catch (Throwable t) {
                call.fail(t);
                breakOff(t);
            }
        });
    }

    /** In the order of signals. */
    private void breakOff(Throwable cause) {
        if (over) {
            return;
        }
        over = true;
        try {
            if (!begun) {
                subscriber.onSubscribe(this);
            }
            subscriber.onError(cause);
        } catch (Throwable t) {
            cause.addSuppressed(t);
        } finally {
            call.ended();
            call.fail(cause);
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            abort(new IllegalArgumentException("request(" + n + "): demand must be positive"));
            return;
        }
        boolean idle = demand.getAndAccumulate(n, ResponseBody::more) == 0;
        Throwable broken = held;
        if (broken != null) {
            signals.execute(() -> breakOff(broken));
        } else if (idle) {
            askForOne();
        }
    }

    @Override
    public void cancel() {
        over = true;
        Flow.Subscription subscription = source;
        if (subscription != null) {
            subscription.cancel();
        }
        call.ended();
    }

    private void askForOne() {
        Flow.Subscription subscription = source;
        if (subscription != null && !over) {
            subscription.request(1);
        }
    }

    private static long more(long demand, long n) {
        return demand + n < 0 ? Long.MAX_VALUE : demand + n;
    }

    private static long less(long demand, long one) {
        return demand == Long.MAX_VALUE ? demand : demand - one;
    }
}
