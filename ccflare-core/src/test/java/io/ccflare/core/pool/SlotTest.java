package io.ccflare.core.pool;

import static io.ccflare.core.pool.PoolRig.account;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotTest {

    private static final int THREADS = 8;

    private final PoolRig rig = new PoolRig(account("a").maxInFlight(3).build());

    @Test
    void aSlotIsGivenBackOnce() {
        Slot slot = rig.slot("a");
        rig.slot("a");
        slot.release();
        slot.release();
        assertThat(rig.pool.inFlight("a")).isEqualTo(1);
    }

    @Test
    void noMoreSlotsThanTheLimitAreTaken() {
        for (int i = 0; i < 3; i++) {
            rig.slot("a");
        }
        assertThat(rig.pool.reserve(rig.get("a"), "test")).isNull();
        assertThat(rig.pool.inFlight("a")).isEqualTo(3);
    }

    @Test
    void noSlotIsLostOrDoubledWhenManyTakeAndGiveBackAtOnce() throws Exception {
        AtomicInteger held = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        together(number -> {
            Random random = new Random(number);
            List<Slot> mine = new ArrayList<>();
            for (int step = 0; step < 100_000; step++) {
                if (random.nextBoolean()) {
                    Slot slot = rig.pool.reserve(rig.get("a"), "test");
                    if (slot != null) {
                        most.accumulateAndGet(held.incrementAndGet(), Math::max);
                        mine.add(slot);
                    }
                } else if (!mine.isEmpty()) {
                    Slot slot = mine.remove(random.nextInt(mine.size()));
                    held.decrementAndGet();
                    slot.release();
                    slot.release();
                }
            }
            held.addAndGet(-mine.size());
            mine.forEach(Slot::release);
        });
        assertThat(most.get()).isBetween(1, 3);
        assertThat(rig.pool.inFlight("a")).isZero();
    }

    @Test
    void oneSlotGivenBackByManyAtOnceIsGivenBackOnce() throws Exception {
        for (int round = 0; round < 300; round++) {
            rig.slot("a");
            Slot contested = rig.slot("a");
            together(number -> contested.release());
            assertThat(rig.pool.inFlight("a")).isEqualTo(1);
            rig.get("a").release();
        }
    }

    private interface Part {
        void run(int number);
    }

    private static final ExecutorService EXECUTOR = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "slots");
        thread.setDaemon(true);
        return thread;
    });

    private static void together(Part part) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> running = new ArrayList<>();
        for (int n = 0; n < THREADS; n++) {
            int number = n;
            running.add(EXECUTOR.submit(() -> run(start, part, number)));
        }
        for (Future<?> one : running) {
            one.get(60, TimeUnit.SECONDS);
        }
    }

    private static @Nullable Void run(CyclicBarrier start, Part part, int number) throws Exception {
        start.await(60, TimeUnit.SECONDS);
        part.run(number);
        return null;
    }
}
