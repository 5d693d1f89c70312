package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The body of an answer comes when it is asked for, at once, and in the order of signals that {@code Flow} lays down. */
interface BodyRules extends TransportHost {

    @Test
    default void eachArrivalIsHandedOverAtOnce() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED);
            Reading reading = Reading.all(Waits.get(call, "the answer, of which only the head was sent"));
            for (int i = 0; i < 20; i++) {
                link.chunk("data: " + i + "\n\n");
                assertThat(reading.next()).isEqualTo("data: " + i + "\n\n");
            }
            link.write("0\r\n\r\n");
            reading.text();
        }
    }

    @Test
    default void whatArrivesTogetherIsOneBatch() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED);
            Reading reading = Reading.all(Waits.get(call, "the answer"));
            link.write("1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n");
            assertThat(reading.next()).isEqualTo("abcdef");
            link.write("1\r\ng\r\n0\r\n\r\n");
            assertThat(reading.text()).isEqualTo("abcdefg");
        }
    }

    @Test
    default void nothingComesUnaskedForAndTheOtherSideStalls() throws Exception {
        long most = 64L * 1024 * 1024;
        AtomicLong written = new AtomicLong();
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            far.serve(link -> {
                link.request();
                link.write("HTTP/1.1 200 OK\r\nContent-Length: " + most + "\r\n\r\n");
                byte[] block = new byte[64 * 1024];
                for (long n = 0; n < most; n += block.length) {
                    link.write(block);
                    written.addAndGet(block.length);
                }
            });
            UpstreamResponse response = Waits.get(transport.send(Requests.post(far.origin())), "the answer");
            Reading reading = Reading.of(response);
            awaitStall(written);
            assertThat(written).hasValueLessThan(most / 2);
            assertThat(reading.batches).isEmpty();
            reading.ask(2);
            reading.next();
            reading.next();
            awaitStall(written);
            assertThat(written).hasValueLessThan(most / 2);
            assertThat(reading.batches).isEmpty();
            reading.ask(Long.MAX_VALUE);
            assertThat(reading.text()).hasSize((int) most);
        }
    }

    /** Until nothing more was written for a while. On a machine that is too slow for that, the rule is milder, and never wrong. */
    private static void awaitStall(AtomicLong written) {
        AtomicLong last = new AtomicLong(-1);
        AtomicLong since = new AtomicLong(System.nanoTime());
        Waits.until(
                () -> {
                    long now = written.get();
                    if (last.getAndSet(now) != now) {
                        since.set(System.nanoTime());
                    }
                    return now > 0 && System.nanoTime() - since.get() > 300_000_000L;
                },
                "the other side to stall");
    }

    @Test
    default void demandOneByOneGivesEveryByteOnce() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            StringBuilder sent = new StringBuilder();
            for (int i = 0; i < 20_000; i++) {
                sent.append(i).append(' ');
            }
            far.serve(link -> {
                link.request();
                link.ok(sent.toString());
                link.untilEnd();
            });
            UpstreamResponse response = Waits.get(transport.send(Requests.post(far.origin())), "the answer");
            Reading reading = Reading.of(response);
            while (!reading.end.isDone()) {
                reading.ask(1);
                Waits.until(() -> !reading.batches.isEmpty() || reading.end.isDone(), "a batch or the end");
                reading.batches.clear();
            }
            assertThat(reading.text()).isEqualTo(sent.toString());
        }
    }

    @Test
    default void aBodyThatIsAskedForLateIsStillThere() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            far.answer((request, link) -> link.ok(request.target()));
            UpstreamResponse response =
                    Waits.get(transport.send(Requests.post(far.origin(), "/late", "{}")), "the answer");
            for (int i = 0; i < 3; i++) {
                CompletableFuture<UpstreamResponse> other = transport.send(Requests.post(far.origin(), "/other", "{}"));
                assertThat(Reading.text(Waits.get(other, "the other answer"))).isEqualTo("/other");
            }
            assertThat(Reading.text(response)).isEqualTo("/late");
        }
    }

    @Test
    default void aBodyIsReadOnce() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED);
            UpstreamResponse response = Waits.get(call, "the answer");
            Reading first = Reading.of(response).ask(Long.MAX_VALUE);
            Reading second = Reading.of(response);
            assertThatThrownBy(() -> Waits.get(second.end, "the refusal"))
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(second.breaches).isEmpty();
            link.chunk("abc").write("0\r\n\r\n");
            assertThat(first.text()).isEqualTo("abc");
            Reading third = Reading.of(response);
            assertThatThrownBy(() -> Waits.get(third.end, "the refusal"))
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    default void demandThatIsNotPositiveEndsTheBodyAndItsConnection() throws Exception {
        for (long n : new long[] {0, -1, Long.MIN_VALUE}) {
            try (FarEnd far = FarEnd.open();
                    Transport transport = start()) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                Link link = far.accept();
                link.request();
                link.write(Link.CHUNKED).chunk("abc");
                Reading reading = Reading.of(Waits.get(call, "the answer"));
                reading.subscription().request(n);
                assertThatThrownBy(() -> Waits.get(reading.end, "the refusal"))
                        .hasCauseInstanceOf(IllegalArgumentException.class);
                assertThat(reading.breaches).isEmpty();
                link.untilEnd();
            }
        }
    }

    @Test
    default void noLockIsHeldWhileAReaderIsCalled() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED).chunk("abc");
            UpstreamResponse response = Waits.get(call, "the answer");
            CompletableFuture<@Nullable Throwable> stuck = new CompletableFuture<>();
            AtomicReference<@Nullable Reading> self = new AtomicReference<>();
            Reading reading = Reading.of(
                    response,
                    () -> stuck.complete(onAnotherThread(() -> {
                        Reading own = self.get();
                        if (own != null) {
                            own.subscription().request(1);
                            transport.send(Requests.post(far.origin())).cancel(true);
                            own.subscription().cancel();
                            response.close();
                        }
                    })));
            self.set(reading);
            reading.ask(1);
            assertThat(reading.next()).isEqualTo("abc");
            assertThat(Waits.get(stuck, "the end of onNext")).isNull();
            link.untilEnd();
        }
    }

    @Test
    default void noLockIsHeldWhileTheAnswerIsHandedOver() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<@Nullable Throwable> stuck = transport
                    .send(Requests.post(far.origin()))
                    .handle((response, error) -> onAnotherThread(() -> {
                        transport.send(Requests.post(far.origin())).cancel(true);
                        response.close();
                    }));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED);
            assertThat(Waits.get(stuck, "the answer to be handed over")).isNull();
            link.untilEnd();
        }
    }

    /** Runs a step elsewhere while this thread waits for it; returns what went wrong. */
    private static @Nullable Throwable onAnotherThread(Step step) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        step.run();
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                })
                .start();
        try {
            done.get(Waits.SECONDS / 2, TimeUnit.SECONDS);
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /** What another thread does. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }
}
