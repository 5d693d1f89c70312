package io.ccflare.core.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.record.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BodyGathererTest implements BodyGatherer.Sink {

    private final BodyBudget budget = new BodyBudget();
    private final List<String> results = Collections.synchronizedList(new ArrayList<>());
    private final ForwarderRig.Upstream upload = new ForwarderRig.Upstream();
    private volatile List<ByteBuffer> body = List.of();

    @Test
    void aBodyInPiecesOfAnySizeIsGatheredByteForByte() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(60_000)];
            random.nextBytes(bytes);
            BodyGatherer gatherer = gatherer(-1, 100_000, 1_000_000);
            int largest = random.nextBoolean() ? 30 : 3000;
            for (int from = 0; from < bytes.length; ) {
                List<ByteBuffer> batch = new ArrayList<>();
                for (int i = random.nextInt(4); i >= 0 && from < bytes.length; i--) {
                    int length = Math.min(bytes.length - from, random.nextInt(largest + 1));
                    batch.add(ByteBuffer.wrap(bytes, from, length).asReadOnlyBuffer());
                    from += length;
                }
                gatherer.onNext(batch);
            }
            gatherer.onComplete();
            assertThat(joined()).as("seed %d", seed).isEqualTo(bytes);
            assertThat(results).containsExactly("gathered " + bytes.length);
            assertThat(budget.taken()).isEqualTo(bytes.length);
            budget.giveBack(bytes.length);
            results.clear();
        }
    }

    @Test
    void aBodyInCrumbsCostsLittleMoreThanItsBytes() {
        BodyGatherer gatherer = gatherer(-1, 100_000, 100_000);
        for (int i = 0; i < 50_000; i++) {
            gatherer.onNext(List.of(ByteBuffer.wrap(new byte[] {(byte) i})));
        }
        gatherer.onComplete();
        assertThat(body).hasSizeLessThan(10);
        assertThat(body.stream().mapToInt(ByteBuffer::capacity).sum()).isLessThan(70_000);
    }

    @Test
    void whoRefersToTheGathererAfterwardsDoesNotHoldTheBody() throws InterruptedException {
        BodyGatherer gatherer = gatherer(-1, 100_000, 100_000);
        ReferenceQueue<byte[]> gone = new ReferenceQueue<>();
        Reference<byte[]> bytes = new WeakReference<>(gatherOneBuffer(gatherer), gone);
        System.gc();
        assertThat(gone.remove(10_000)).isSameAs(bytes);
        Reference.reachabilityFence(gatherer);
    }

    private byte[] gatherOneBuffer(BodyGatherer gatherer) {
        byte[] bytes = new byte[10_000];
        gatherer.onNext(List.of(ByteBuffer.wrap(bytes)));
        gatherer.onComplete();
        assertThat(joined()).isEqualTo(bytes);
        body = List.of();
        return bytes;
    }

    @Test
    void oneBatchIsAskedForAtATime() {
        BodyGatherer gatherer = gatherer(-1, 100, 100);
        assertThat(upload.demand).hasValue(1);
        gatherer.onNext(ForwarderRig.batch("abc"));
        assertThat(upload.demand).hasValue(2);
    }

    @Test
    void nothingIsReadOfABodyThatIsEmptyOrSaysThatItIsTooLarge() {
        gatherer(0, 10, 10);
        gatherer(11, 10, 10);
        assertThat(results).containsExactly("gathered 0", "too large");
        assertThat(upload.demand).hasValue(0);
    }

    @Test
    void aBodyUpToTheLimitIsTakenAndOneByteMoreIsNot() {
        BodyGatherer exact = gatherer(-1, 4, 100);
        exact.onNext(ForwarderRig.batch("abcd"));
        exact.onComplete();
        budget.giveBack(4);
        BodyGatherer larger = gatherer(-1, 4, 100);
        larger.onNext(ForwarderRig.batch("abc"));
        larger.onNext(ForwarderRig.batch("de"));
        larger.onNext(ForwarderRig.batch("late"));
        larger.onComplete();
        assertThat(results).containsExactly("gathered 4", "too large");
        assertThat(upload.cancelled).isTrue();
        assertThat(budget.taken()).isZero();
    }

    @Test
    void theBudgetOfAllCallsIsKept() {
        BodyGatherer first = gatherer(-1, 100, 10);
        first.onNext(ForwarderRig.batch("1234567"));
        BodyGatherer second = gatherer(-1, 100, 10);
        second.onNext(ForwarderRig.batch("123"));
        second.onNext(ForwarderRig.batch("4"));
        assertThat(results).containsExactly("no room");
        assertThat(budget.taken()).isEqualTo(7);
        first.onComplete();
        assertThat(results).containsExactly("no room", "gathered 7");
    }

    @Test
    void aBrokenUploadGivesBackWhatItTook() {
        BodyGatherer gatherer = gatherer(-1, 100, 100);
        gatherer.onNext(ForwarderRig.batch("abc"));
        gatherer.onError(new IOException("gone"));
        assertThat(results).containsExactly("broken gone");
        assertThat(budget.taken()).isZero();
    }

    @Test
    void oneThatWasAbandonedCancelsAnUploadThatBeginsLate() {
        GatewayRequest request = GatewayRequest.builder("POST", "/v1/messages")
                .body(subscriber -> {}, -1)
                .build();
        BodyGatherer gatherer = new BodyGatherer(request, budget, 10, 10, this);
        gatherer.start();
        gatherer.abandon(Outcome.CANCELLED);
        gatherer.onSubscribe(upload);
        assertThat(upload.cancelled).isTrue();
        assertThat(upload.demand).hasValue(0);
        assertThat(results).isEmpty();
    }

    @Test
    void whoeverEndsItFirstTheBudgetIsGivenBackOnce() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            for (int seed = 0; seed < 3000; seed++) {
                race(executor, new Random(seed));
                assertThat(results).as("seed %d", seed).hasSizeLessThanOrEqualTo(1);
                assertThat(budget.taken()).as("seed %d: %s", seed, results).isEqualTo(results.isEmpty() ? 0 : kept());
                budget.giveBack(budget.taken());
                results.clear();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private void race(ExecutorService executor, Random random) throws Exception {
        BodyGatherer gatherer = gatherer(-1, 40, 30);
        int batches = random.nextInt(8);
        int spins = random.nextInt(300);
        boolean breaks = random.nextBoolean();
        CyclicBarrier start = new CyclicBarrier(2);
        Future<?> uploading = executor.submit(() -> {
            start.await(60, TimeUnit.SECONDS);
            for (int i = 0; i < batches; i++) {
                gatherer.onNext(ForwarderRig.batch("12345"));
            }
            if (breaks) {
                gatherer.onError(new IOException("gone"));
            } else {
                gatherer.onComplete();
            }
            return null;
        });
        Future<?> abandoning = executor.submit(() -> {
            start.await(60, TimeUnit.SECONDS);
            for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
            }
            gatherer.abandon(Outcome.CANCELLED);
            return null;
        });
        uploading.get(60, TimeUnit.SECONDS);
        abandoning.get(60, TimeUnit.SECONDS);
    }

    private long kept() {
        String result = results.get(0);
        return result.startsWith("gathered ") ? Long.parseLong(result.substring(9)) : 0;
    }

    /** Begins to gather; the upload is led by hand. */
    private BodyGatherer gatherer(long contentLength, long maxBytes, long budgetBytes) {
        Flow.Publisher<List<ByteBuffer>> source = subscriber -> subscriber.onSubscribe(upload);
        GatewayRequest request = GatewayRequest.builder("POST", "/v1/messages")
                .body(source, contentLength)
                .build();
        BodyGatherer gatherer = new BodyGatherer(request, budget, maxBytes, budgetBytes, this);
        gatherer.start();
        return gatherer;
    }

    private byte[] joined() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ByteBuffer buffer : body) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    @Override
    public void gathered(List<ByteBuffer> gathered, long length) {
        body = gathered;
        results.add("gathered " + length);
    }

    @Override
    public void tooLarge() {
        results.add("too large");
    }

    @Override
    public void noRoom() {
        results.add("no room");
    }

    @Override
    public void broken(Throwable cause) {
        results.add("broken " + cause.getMessage());
    }
}
