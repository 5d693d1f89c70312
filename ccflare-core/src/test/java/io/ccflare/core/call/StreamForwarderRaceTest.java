package io.ccflare.core.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** An upstream, a client and a third party at once, by seeded scripts: whatever they do, the rules of the seam hold. */
class StreamForwarderRaceTest {

    private static final int ROUNDS = 4000;
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(3);

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
    }

    @Test
    void theRulesHoldWhoeverIsFirst() throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            new Round(seed).run();
        }
    }

    private enum ClientWill {
        UNBOUNDED,
        STEPWISE,
        IN_BUNCHES,
        CANCELS,
        CANCELS_WITHIN,
        ASKS_FOR_NOTHING
    }

    private enum ThirdWill {
        NOTHING,
        TIME_BOUND,
        BREAKS_OFF,
        CLOSES,
        SWEEPS
    }

    private static final class Round {

        private final int seed;
        private final ForwarderRig rig;
        private final int total;
        private final boolean breaks;
        private final ClientWill clientWill;
        private final ThirdWill thirdWill;
        private final StrictClient client;
        private final CyclicBarrier start = new CyclicBarrier(3);
        private final AtomicInteger busy = new AtomicInteger(2);
        private volatile boolean sentAll;

        Round(int seed) {
            Random random = new Random(seed);
            this.seed = seed;
            this.rig = new ForwarderRig(1 + random.nextInt(12), false);
            this.total = 1 + random.nextInt(8);
            this.breaks = random.nextInt(4) == 0;
            this.clientWill = ClientWill.values()[random.nextInt(ClientWill.values().length)];
            this.thirdWill = ThirdWill.values()[random.nextInt(ThirdWill.values().length)];
            rig.abandons = random.nextInt(10) == 0;
            AtomicInteger seen = new AtomicInteger();
            this.client = new StrictClient(
                    c -> {
                        if (clientWill == ClientWill.UNBOUNDED) {
                            c.request(Long.MAX_VALUE);
                        }
                    },
                    c -> {
                        if (clientWill == ClientWill.STEPWISE) {
                            c.request(1);
                        } else if (clientWill == ClientWill.IN_BUNCHES && seen.incrementAndGet() % 3 == 0) {
                            c.request(3);
                        } else if (clientWill == ClientWill.CANCELS_WITHIN) {
                            c.cancel();
                        }
                    });
        }

        void run() throws Exception {
            Future<?> up = THREADS.submit(() -> together(this::upstream));
            Future<?> down = THREADS.submit(() -> together(this::client));
            Future<?> third = THREADS.submit(() -> together(this::third));
            for (Future<?> one : new Future<?>[] {up, down, third}) {
                try {
                    one.get(60, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    throw new AssertionError(toString(), e.getCause());
                }
            }
            check();
        }

        private Void together(Runnable part) throws Exception {
            start.await(60, TimeUnit.SECONDS);
            part.run();
            return null;
        }

        private void upstream() {
            Random random = new Random(seed + 1L);
            rig.forwarder.onSubscribe(rig.upstream);
            for (int i = 0; i < total; i++) {
                if (!demanded()) {
                    return;
                }
                dawdle(random);
                rig.send(i == 2 ? "C" + i + "|" : "x" + i + "|");
            }
            sentAll = true;
            dawdle(random);
            if (breaks) {
                rig.forwarder.onError(new IOException("reset"));
            } else {
                rig.forwarder.onComplete();
            }
        }

        /** Waits for demand. @return false when it was cancelled, or when nobody is left who could ask */
        private boolean demanded() {
            while (!rig.upstream.cancelled) {
                boolean last = busy.get() == 0;
                if (rig.upstream.demand.get() > 0) {
                    return true;
                }
                if (last && rig.upstream.demand.get() == 0) {
                    return false;
                }
                Thread.yield();
            }
            return false;
        }

        private void client() {
            Random random = new Random(seed + 2L);
            while (!rig.open) {
                if (!rig.openings.isEmpty() && rig.abandons) {
                    busy.decrementAndGet();
                    return;
                }
                Thread.yield();
            }
            dawdle(random);
            rig.read(client);
            dawdle(random);
            switch (clientWill) {
                case UNBOUNDED -> {
                    // Asked already.
                }
                case STEPWISE -> client.request(1);
                case IN_BUNCHES -> client.request(3);
                case CANCELS -> {
                    client.request(1 + random.nextInt(3));
                    dawdle(random);
                    client.cancel();
                }
                case CANCELS_WITHIN -> client.request(Long.MAX_VALUE);
                case ASKS_FOR_NOTHING -> {
                    client.request(1 + random.nextInt(3));
                    dawdle(random);
                    client.request(0);
                }
            }
            busy.decrementAndGet();
        }

        private void third() {
            Random random = new Random(seed + 3L);
            dawdle(random);
            if (thirdWill == ThirdWill.TIME_BOUND) {
                rig.forwarder.holdNoLonger();
            } else if (thirdWill != ThirdWill.NOTHING) {
                while (!rig.open && rig.openings.isEmpty()) {
                    Thread.yield();
                }
                dawdle(random);
                if (rig.open) {
                    interfere();
                }
            }
            busy.decrementAndGet();
        }

        private void interfere() {
            switch (thirdWill) {
                case BREAKS_OFF -> rig.forwarder.breakOff("the gateway closes");
                case CLOSES -> rig.forwarder.close();
                default -> {
                    rig.time.advance(Duration.ofMinutes(1));
                    rig.forwarder.sweep(rig.time.nanos(), 1, 1, 1);
                }
            }
        }

        private static void dawdle(Random random) {
            for (int i = random.nextInt(40); i > 0; i--) {
                Thread.onSpinWait();
            }
            if (random.nextInt(4) == 0) {
                Thread.yield();
            }
        }

        private void check() {
            assertThat(client.breaches).as(toString()).isEmpty();
            assertThat(rig.openings).as(toString()).hasSize(1);
            assertThat(rig.wordsAsked).as(toString()).hasValueLessThanOrEqualTo(1);
            if (rig.abandons) {
                assertThat(rig.upstream.cancelled).as(toString()).isTrue();
                assertThat(rig.endings).as(toString()).isEmpty();
                return;
            }
            assertThat(inOrder()).as(toString()).startsWith(client.text());
            boolean quits = clientWill.compareTo(ClientWill.CANCELS) >= 0 || thirdWill == ThirdWill.CLOSES;
            if (!quits) {
                assertThat(rig.endings).as(toString()).hasSize(1);
                assertThat(client.ended()).as(toString()).isTrue();
            }
            if (client.completed) {
                assertThat(client.text()).as(toString()).isEqualTo(text());
            }
            if (rig.endings.stream().anyMatch(how -> how == Ending.CANCELLED || how == Ending.UNREAD)) {
                assertThat(rig.upstream.cancelled).as(toString()).isTrue();
            }
        }

        private String text() {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < total; i++) {
                text.append(i == 2 ? "C" : "x").append(i).append('|');
            }
            return text.toString();
        }

        /** The text that came, with the last words where they are allowed: at the end. */
        private String inOrder() {
            String got = client.text();
            return got.endsWith("!") ? text().substring(0, Math.min(text().length(), got.length() - 1)) + "!" : text();
        }

        @Override
        public String toString() {
            return "seed " + seed + ": " + clientWill + ", " + thirdWill + ", " + total + " batches, broken " + breaks
                    + ", all sent " + sentAll + ", got " + client.batches + ", " + rig.endings;
        }
    }
}
