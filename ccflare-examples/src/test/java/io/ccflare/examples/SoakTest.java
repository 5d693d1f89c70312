package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.GatewayStatus;
import io.ccflare.core.Timeouts;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.fake.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many sessions over few accounts that fail at random, half of the callers hanging up. Afterwards nothing may be left behind.
 * Runs for {@code ccflare.soak.seconds} seconds, 10 by default, 60 with {@code -Psoak}.
 */
class SoakTest {

    private static final int SESSIONS = 50;
    private static final long SEED = 20261121;
    private static final long HEAP_TOLERANCE = 8L << 20;
    private static final Duration BOUND = Duration.ofSeconds(30);

    /** Those that cost no waiting; an account that one of them takes away for long is given back by {@link Gateway#lift}. */
    private static final List<Fault> FAULTS = List.of(
            Fault.rateLimited(Duration.ofSeconds(1)),
            Fault.RATE_LIMITED_BARE,
            Fault.UNIFIED_REJECTED_5H,
            Fault.OVERLOADED,
            Fault.SERVER_ERROR,
            Fault.UNAUTHORIZED,
            Fault.RESET_BEFORE_HEADERS,
            Fault.CLOSE_BEFORE_HEADERS,
            Fault.RESET_MID_STREAM,
            Fault.CLOSE_MID_STREAM,
            Fault.CUT_INSIDE_EVENT,
            Fault.STALL,
            Fault.ERROR_EVENT_FIRST,
            Fault.ERROR_EVENT_AFTER_START,
            Fault.ERROR_EVENT_AFTER_CONTENT,
            Fault.MALFORMED_EVENT,
            Fault.MISSING_MESSAGE_STOP,
            Fault.GARBAGE_BODY,
            Fault.LENGTH_TOO_LONG,
            Fault.LENGTH_TOO_SHORT,
            Fault.GZIPPED,
            Fault.INVALID_REQUEST,
            Fault.GARBAGE_HTTP);

    /** Before JDK 21 its HTTP client never closes a connection whose answer is not HTTP, and cannot be told to. */
    private static final boolean KEEPS_WHAT_IS_NOT_HTTP = Runtime.version().feature() < 21;

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong recorded = new AtomicLong();
    private final AtomicLong whole = new AtomicLong();
    private final AtomicLong hungUp = new AtomicLong();

    @Test
    @Timeout(300)
    void nothing_is_left_behind() throws Exception {
        Set<String> threadsBefore = threads();
        try (FakeUpstream upstream = FakeUpstream.builder().record(0, 0).start()) {
            run(upstream);
            await("no connection to the upstream is open", () -> upstream.openConnections() == 0);
            assertThat(upstream.openStreams()).isZero();
        }
        await(
                "no thread is left, of " + threadsBefore,
                () -> left(threadsBefore).isEmpty());
    }

    /** In a method of its own, so that nothing refers to the gateway afterwards. */
    private void run(FakeUpstream upstream) throws Exception {
        try (Gateway gateway = gateway(upstream);
                NotesService service = NotesService.start(gateway, Map.of(Rig.TOKEN, "anna"), 0)) {
            long nanos =
                    Duration.ofSeconds(Long.getLong("ccflare.soak.seconds", 10)).toNanos();
            drive(upstream, gateway, service.port(), nanos / 3, 1);
            settle(gateway);
            long warm = liveHeap();

            drive(upstream, gateway, service.port(), nanos - nanos / 3, 2);
            settle(gateway);
            assertThat(liveHeap())
                    .as("bytes alive after it, %d when warm", warm)
                    .isLessThan(warm + HEAP_TOLERANCE);
            assertThat(hungUp.get()).as("callers that hung up").isGreaterThan(sent.get() / 3);
            assertThat(whole.get()).as("whole responses").isPositive();
        }
    }

    private Gateway gateway(FakeUpstream upstream) {
        List<Account> accounts = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            upstream.account("key-" + name);
            accounts.add(Account.builder("id-" + name, name, Credential.apiKey("key-" + name))
                    .endpoint(upstream.uri())
                    .build());
        }
        return Gateway.builder(() -> accounts)
                .settings(GatewaySettings.builder()
                        .timeouts(Timeouts.builder()
                                .idle(Duration.ofSeconds(1))
                                .waitForAccount(Duration.ofMillis(200))
                                .build())
                        .maxBindings(500)
                        .build())
                .listener(new GatewayListener() {
                    @Override
                    public void requestEnded(RequestRecord record) {
                        recorded.incrementAndGet();
                    }
                })
                .build();
    }

    private void drive(FakeUpstream upstream, Gateway gateway, int port, long nanos, int round) throws Exception {
        long end = System.nanoTime() + nanos;
        ExecutorService callers = Executors.newFixedThreadPool(SESSIONS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int session = 0; session < SESSIONS; session++) {
                Random random = new Random(SEED * round + session);
                String name = "session-" + session;
                running.add(callers.submit(() -> {
                    while (System.nanoTime() < end) {
                        disturb(upstream, gateway, random);
                        call(port, name, random);
                    }
                    return null;
                }));
            }
            for (Future<?> caller : running) {
                caller.get(2, TimeUnit.MINUTES);
            }
        } finally {
            callers.shutdown();
        }
    }

    private static void disturb(FakeUpstream upstream, Gateway gateway, Random random) {
        String name = List.of("a", "b", "c").get(random.nextInt(3));
        if (random.nextInt(3) == 0) {
            upstream.account("key-" + name)
                    .faultOnce(FAULTS.get(random.nextInt(FAULTS.size() - (KEEPS_WHAT_IS_NOT_HTTP ? 1 : 0))));
        }
        gateway.lift("id-" + name);
    }

    private void call(int port, String session, Random random) throws IOException {
        boolean stream = random.nextInt(4) > 0;
        boolean leaves = random.nextBoolean();
        byte[] request = RawHttp.request(
                "POST", "/v1/messages", RawHttp.body(stream), "x-session-id: " + session, "connection: close");
        try (RawHttp http = new RawHttp(port)) {
            http.send(request);
            sent.incrementAndGet();
            if (leaves) {
                hungUp.incrementAndGet();
                http.leaveAfter(random.nextInt(1_500));
            } else {
                RawHttp.Response response = http.read();
                assertThat(response.end()).as("%s", response).isNotEqualTo(RawHttp.End.HANGING);
                assertThat(response.status()).as("%s", response).isPositive();
                whole.addAndGet(response.end() == RawHttp.End.WHOLE ? 1 : 0);
            }
        }
    }

    /** Every request is over, recorded once, and has given back what it held. */
    private void settle(Gateway gateway) {
        await("no request is under way", () -> gateway.status().inFlight() == 0);
        await("as many records as requests (" + sent + ")", () -> recorded.get() >= sent.get());
        assertThat(recorded.get()).as("records").isEqualTo(sent.get());
        GatewayStatus status = gateway.status();
        assertThat(status.accounts()).allMatch(account -> account.inFlight() == 0, "no slot is held");
        assertThat(status.gatheredBytes()).isZero();
        assertThat(status.droppedEvents()).isZero();
        assertThat(status.listenerFailures()).isZero();
    }

    private static long liveHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> left(Set<String> before) {
        Set<String> left = threads();
        left.removeAll(before);
        // Of the JVM itself, by need.
        left.removeIf(name -> name.matches(
                "(process reaper|Common-Cleaner|ForkJoinPool\\.commonPool.*|.*Compiler.*|Attach Listener)"));
        return left;
    }

    /** On JDK 17 the JDK's client ends its selector thread only when it is collected, so each look collects. */
    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s; threads: %s", what, threads()).isLessThan(end);
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
