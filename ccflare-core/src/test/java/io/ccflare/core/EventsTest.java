package io.ccflare.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.state.Cooldown;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class EventsTest {

    private static final Account ACCOUNT =
            Account.builder("id", "name", Credential.apiKey("key")).build();

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final GatewayListener listener = new GatewayListener() {
        @Override
        public void cooled(Account account, Cooldown cooldown) {
            told.add(String.valueOf(cooldown.detail()));
        }
    };

    /** The thread has just seen that there is nothing, and is about to sleep, when something comes. */
    @Test
    void aFactThatComesWhileTheThreadFallsAsleepIsTold() throws Exception {
        AtomicReference<Events> events = new AtomicReference<>();
        Queue<Consumer<GatewayListener>> queue = new LinkedBlockingQueue<>() {
            private int nothing;

            @Override
            public Consumer<GatewayListener> poll() {
                Consumer<GatewayListener> fact = super.poll();
                nothing = fact == null ? nothing + 1 : 0;
                // The first time it has told all, the second time it has rested too.
                Events late = nothing == 2 ? events.getAndSet(null) : null;
                if (late != null) {
                    late.cooled(ACCOUNT, cooldown(1));
                }
                return fact;
            }
        };
        try (Events created = new Events(List.of(listener), queue)) {
            awaitSleep();
            events.set(created);
            created.cooled(ACCOUNT, cooldown(0));
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("0");
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("1");
        }
    }

    @Test
    void aFactWakesTheThreadThatSleeps() throws Exception {
        try (Events events = new Events(List.of(listener))) {
            for (int i = 0; i < 50; i++) {
                events.cooled(ACCOUNT, cooldown(i));
                assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("" + i);
                awaitSleep();
            }
        }
    }

    @Test
    void factsOfManyThreadsAreAllToldAndEachThreadsInOrder() throws Exception {
        int threads = 4;
        int each = 2000;
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Thread> tellers = new ArrayList<>();
        try (Events events = new Events(List.of(listener))) {
            for (int t = 0; t < threads; t++) {
                int first = t * each;
                tellers.add(new Thread(() -> {
                    try {
                        start.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    for (int i = 0; i < each; i++) {
                        events.cooled(ACCOUNT, cooldown(first + i));
                    }
                }));
            }
            tellers.forEach(Thread::start);
            for (Thread teller : tellers) {
                teller.join();
            }
        }

        List<Integer> numbers = told.stream().map(Integer::valueOf).toList();
        assertThat(numbers).hasSize(threads * each);
        for (int t = 0; t < threads; t++) {
            int thread = t;
            assertThat(numbers.stream().filter(n -> n / each == thread)).isSorted();
        }
    }

    @Test
    void aListenerThatLeavesItsThreadInterruptedKeepsNothingFromTheNext() throws Exception {
        GatewayListener rude = new GatewayListener() {
            @Override
            public void cooled(Account account, Cooldown cooldown) {
                Thread.currentThread().interrupt();
            }
        };
        try (Events events = new Events(List.of(rude, listener))) {
            for (int i = 0; i < 20; i++) {
                events.cooled(ACCOUNT, cooldown(i));
                assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("" + i);
            }
        }
    }

    private static void awaitSleep() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (Thread.getAllStackTraces().entrySet().stream()
                .noneMatch(thread -> thread.getKey().getName().equals("ccflare-events")
                        && thread.getKey().getState() == Thread.State.WAITING)) {
            assertThat(System.nanoTime()).as("the thread does not fall asleep").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static Cooldown cooldown(int number) {
        return new Cooldown("id", null, Cooldown.Kind.BACKOFF, Instant.MAX, Instant.EPOCH, "" + number);
    }
}
