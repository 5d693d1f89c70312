package io.ccflare.testkit.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The reader of an answer's body: asks when the test does, and takes note of every breach of the order of signals. Text is ISO 8859-1.
 * What waits does so for ten seconds at most, and then throws an {@link AssertionError}.
 *
 * @since 1.0
 */
public final class Reading implements Flow.Subscriber<List<ByteBuffer>> {

    final LinkedBlockingQueue<String> batches = new LinkedBlockingQueue<>();
    final CompletableFuture<String> end = new CompletableFuture<>();
    final Queue<String> breaches = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicLong demand = new AtomicLong();
    private final Runnable onBatch;

    private Reading(Runnable onBatch) {
        this.onBatch = onBatch;
    }

    /** One that asks for nothing yet. */
    public static Reading of(UpstreamResponse response) {
        return of(response, () -> {});
    }

    /** One that does something within each {@code onNext}. */
    static Reading of(UpstreamResponse response, Runnable onBatch) {
        return of(response.body(), onBatch);
    }

    private static Reading of(Flow.Publisher<List<ByteBuffer>> body, Runnable onBatch) {
        Reading reading = new Reading(onBatch);
        body.subscribe(reading);
        return reading;
    }

    /** One that asks for everything. */
    public static Reading all(UpstreamResponse response) throws Exception {
        return all(response.body());
    }

    /** One that asks for everything. */
    public static Reading all(Flow.Publisher<List<ByteBuffer>> body) throws Exception {
        return of(body, () -> {}).ask(Long.MAX_VALUE);
    }

    /** The whole body of an answer. */
    public static String text(UpstreamResponse response) throws Exception {
        return all(response).text();
    }

    /** Asks for more batches. @return this */
    public Reading ask(long n) throws Exception {
        demand.accumulateAndGet(n, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
        subscription().request(n);
        return this;
    }

    Flow.Subscription subscription() throws Exception {
        return Waits.get(subscription, "onSubscribe of the body");
    }

    /** The next batch that was not taken yet. */
    public String next() throws Exception {
        return Waits.take(batches, "the next bytes of the body");
    }

    /** As many bytes as said or a few more, in however many batches. */
    public String next(int length) throws Exception {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(next());
        }
        return text.toString();
    }

    /**
     * The whole body, when it has ended.
     *
     * @throws java.util.concurrent.ExecutionException with what it broke off with
     */
    public String text() throws Exception {
        String text = Waits.get(end, "the end of the body");
        assertThat(breaches).isEmpty();
        return text;
    }

    /** With what the body broke off, which must be of the phase {@code BODY}. */
    public TransportException breaksOff() throws Exception {
        TransportException error = Requests.failure(end, Phase.BODY);
        assertThat(breaches).isEmpty();
        return error;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (!subscription.complete(given)) {
            breaches.add("onSubscribe came twice");
        }
    }

    @Override
    public void onNext(List<ByteBuffer> batch) {
        enter("onNext");
        if (demand.getAndUpdate(had -> had == Long.MAX_VALUE ? had : had - 1) <= 0) {
            breaches.add("onNext came unasked for");
        }
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        for (ByteBuffer buffer : batch) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(copy);
            together.writeBytes(copy);
        }
        bytes.writeBytes(together.toByteArray());
        batches.add(together.toString(ISO_8859_1));
        onBatch.run();
        inside.decrementAndGet();
    }

    @Override
    public void onError(Throwable cause) {
        enter("onError");
        end.completeExceptionally(cause);
        inside.decrementAndGet();
    }

    @Override
    public void onComplete() {
        enter("onComplete");
        end.complete(bytes.toString(ISO_8859_1));
        inside.decrementAndGet();
    }

    private void enter(String signal) {
        if (!subscription.isDone()) {
            breaches.add(signal + " came before onSubscribe");
        }
        if (end.isDone()) {
            breaches.add(signal + " came after the end");
        }
        if (inside.getAndIncrement() != 0) {
            breaches.add(signal + " came while another signal was under way");
        }
    }
}
