package io.ccflare.core.call;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body and notes every breach of the Reactive Streams rules: one signal at a time, none without demand, one end, nothing
 * after it.
 */
final class StrictClient implements Flow.Subscriber<List<ByteBuffer>> {

    final List<String> breaches = Collections.synchronizedList(new ArrayList<>());
    final List<String> batches = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicLong allowed = new AtomicLong();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Consumer<StrictClient> onSubscribe;
    private final Consumer<StrictClient> onNext;
    volatile Flow.@Nullable Subscription subscription;
    volatile boolean completed;
    volatile @Nullable Throwable failure;

    StrictClient(Consumer<StrictClient> onSubscribe, Consumer<StrictClient> onNext) {
        this.onSubscribe = onSubscribe;
        this.onNext = onNext;
    }

    /** Does nothing of its own accord. */
    StrictClient() {
        this(client -> {}, client -> {});
    }

    static StrictClient unbounded() {
        return new StrictClient(client -> client.request(Long.MAX_VALUE), client -> {});
    }

    /** Asks for one batch at a time. */
    static StrictClient stepwise() {
        return new StrictClient(client -> client.request(1), client -> client.request(1));
    }

    void request(long n) {
        if (n > 0) {
            allowed.accumulateAndGet(n, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
        }
        Flow.Subscription to = subscription;
        if (to != null) {
            to.request(n);
        }
    }

    void cancel() {
        Flow.Subscription to = subscription;
        if (to != null) {
            to.cancel();
        }
    }

    boolean ended() {
        return ended.get();
    }

    String text() {
        return String.join("", batches);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        begin("onSubscribe");
        subscription = given;
        onSubscribe.accept(this);
        signals.decrementAndGet();
    }

    @Override
    public void onNext(List<ByteBuffer> batch) {
        begin("onNext");
        if (ended.get()) {
            breaches.add("a batch after the end");
        }
        if (allowed.getAndUpdate(n -> n == Long.MAX_VALUE ? n : n - 1) <= 0) {
            breaches.add("a batch that nobody asked for");
        }
        StringBuilder text = new StringBuilder();
        batch.forEach(buffer -> text.append(StandardCharsets.US_ASCII.decode(buffer.duplicate())));
        batches.add(text.toString());
        try {
            onNext.accept(this);
        } finally {
            signals.decrementAndGet();
        }
    }

    @Override
    public void onError(Throwable cause) {
        begin("onError");
        end();
        failure = cause;
        signals.decrementAndGet();
    }

    @Override
    public void onComplete() {
        begin("onComplete");
        end();
        completed = true;
        signals.decrementAndGet();
    }

    private void begin(String signal) {
        if (signals.getAndIncrement() != 0) {
            breaches.add(signal + " during another signal");
        }
    }

    private void end() {
        if (!ended.compareAndSet(false, true)) {
            breaches.add("a second end");
        }
    }
}
