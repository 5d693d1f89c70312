package io.ccflare.core.engine;

import io.ccflare.api.http.GatewayResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A client that asks for as much as a test says and notes every signal. */
final class Taker implements Flow.Subscriber<List<ByteBuffer>> {

    private final StringBuilder text = new StringBuilder();
    volatile int batches;
    volatile boolean completed;
    volatile @Nullable Throwable broken;
    volatile Flow.@Nullable Subscription subscription;
    private final long firstDemand;

    private Taker(long firstDemand) {
        this.firstDemand = firstDemand;
    }

    static Taker of(CompletableFuture<GatewayResponse> response, long firstDemand) throws Exception {
        return of(response.get(10, java.util.concurrent.TimeUnit.SECONDS), firstDemand);
    }

    static Taker of(GatewayResponse response, long firstDemand) {
        Taker taker = new Taker(firstDemand);
        response.body().subscribe(taker);
        return taker;
    }

    synchronized String text() {
        return text.toString();
    }

    void ask(long n) {
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

    boolean over() {
        return completed || broken != null;
    }

    @Override
    public void onSubscribe(Flow.Subscription s) {
        subscription = s;
        if (firstDemand > 0) {
            s.request(firstDemand);
        }
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> batch) {
        batches++;
        batch.forEach(buffer -> text.append(StandardCharsets.UTF_8.decode(buffer)));
    }

    @Override
    public void onError(Throwable t) {
        broken = t;
    }

    @Override
    public void onComplete() {
        completed = true;
    }
}
