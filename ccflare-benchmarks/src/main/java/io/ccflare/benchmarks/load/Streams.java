package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Many slow streams at a time: how late each content event is, direct and through the gateway in turns, and what an open stream costs
 * the gateway's process. An event is late by what it arrives after its request plus its number times the interval; the upstream's own
 * lateness is in both.
 */
final class Streams {

    private static final Duration RAMP = Duration.ofMillis(1);
    private static final Duration SLACK = Duration.ofSeconds(20);
    private static final int SMALL = 1000;
    private static final int LARGE = 76_000;

    private final Plan plan;
    private final URI upstream;
    private final Child gateway;
    private long sent;

    Streams(Plan plan, URI upstream, Child gateway) {
        this.plan = plan;
        this.upstream = upstream;
        this.gateway = gateway;
    }

    void run() throws IOException {
        timed("warm-up", gateway.uri());
        System.out.printf(
                "%n## %d streams at a time, %d content events each, one per %d ms; milliseconds%n%n",
                plan.streams(), plan.events(), plan.intervalMillis());
        System.out.println(
                "| way | first byte p50 | p99 | first content event late p50 | p99 | later events late p50 | p99 | max "
                        + "| events | gateway CPU us/event | gateway threads (http) |");
        System.out.println("|--|--|--|--|--|--|--|--|--|--|--|");
        int pairs = Math.max(1, plan.rounds() / 2);
        for (int i = 0; i < pairs; i++) {
            System.out.println(timed("direct", upstream));
            System.out.println(timed("gateway", gateway.uri()));
        }
        held(SMALL);
        System.out.printf("%n## Memory of the gateway's process, heap %s, after full collections%n%n", plan.heap());
        System.out.println(
                "| request body | open streams | live heap before MB | with streams MB | heap KB/stream "
                        + "| direct buffers KB/stream | resident MB before | with streams | threads before | with streams | live heap after hang-up MB |");
        System.out.println("|--|--|--|--|--|--|--|--|--|--|--|");
        System.out.println(held(SMALL));
        System.out.println(held(LARGE));
    }

    /** How many requests went to the gateway. */
    long sent() {
        return sent;
    }

    private String timed(String way, URI to) throws IOException {
        Timed script = new Timed(plan, SMALL, false, () -> gateway.numbers("stats"));
        long cpu = gateway.numbers("stats").getOrDefault("cpu.nanos", 0L);
        new LoadClient(to).run(script, plan.streams(), RAMP, atMost());
        sent += to.equals(gateway.uri()) ? plan.streams() : 0;
        long used = gateway.numbers("stats").getOrDefault("cpu.nanos", 0L) - cpu;
        int events = script.first.count() + script.later.count();
        return String.format(
                "| %s | %.1f | %.1f | %.2f | %.2f | %.2f | %.2f | %.1f | %d | %s | %s |",
                way,
                script.begun.micros(0.5) / 1000,
                script.begun.micros(0.99) / 1000,
                script.first.micros(0.5) / 1000,
                script.first.micros(0.99) / 1000,
                script.later.micros(0.5) / 1000,
                script.later.micros(0.99) / 1000,
                script.later.micros(1) / 1000,
                events,
                way.equals("direct") ? "" : String.format("%.0f", used / 1000.0 / events),
                way.equals("direct")
                        ? ""
                        : script.midway.get("threads") + " (" + script.midway.get("threads.http") + ")");
    }

    /** The first time is for warming up: it leaves a baseline for the others, with pools filled and upstream connections closed. */
    private String held(int bodyBytes) throws IOException {
        Map<String, Long> before = gateway.numbers("live");
        StringBuilder histogram = new StringBuilder();
        Timed script = new Timed(plan, bodyBytes, true, () -> {
            Map<String, Long> live = gateway.numbers("live");
            gateway.ask("histogram").forEach(line -> histogram.append(line).append('\n'));
            return live;
        });
        new LoadClient(gateway.uri()).run(script, plan.streams(), RAMP, atMost());
        sent += plan.streams();
        awaitEnd(before.getOrDefault("ended", 0L) + plan.streams());
        Map<String, Long> after = gateway.numbers("live");
        Map<String, Long> with = script.midway;
        String row = String.format(
                "| %d KB | %d | %.1f | %.1f | %.1f | %.1f | %d | %d | %d | %d | %.1f |",
                bodyBytes / 1000,
                plan.streams(),
                before.get("heap") / 1e6,
                with.get("heap") / 1e6,
                (with.get("heap") - before.get("heap")) / 1000.0 / plan.streams(),
                (with.get("direct") - before.get("direct")) / 1000.0 / plan.streams(),
                before.get("rss") / 1_000_000,
                with.get("rss") / 1_000_000,
                before.get("threads"),
                with.get("threads"),
                after.get("heap") / 1e6);
        System.err.println("Live objects with " + plan.streams() + " streams open, bodies of " + bodyBytes + " bytes:\n"
                + histogram);
        return row;
    }

    /** Waits until the gateway has recorded the end of so many requests. */
    private void awaitEnd(long requests) throws IOException {
        long deadline = System.nanoTime() + SLACK.toNanos();
        while (gateway.numbers("stats").getOrDefault("ended", 0L) < requests) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the gateway did not record the end of all streams within " + SLACK);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }

    private Duration atMost() {
        return RAMP.multipliedBy(plan.streams())
                .plus(Duration.ofMillis((long) plan.events() * plan.intervalMillis()))
                .plus(SLACK);
    }

    private interface Look {
        Map<String, Long> now();
    }

    /** One stream per connection; looks at the gateway once, when all streams have had content and none can have ended. */
    private static final class Timed implements LoadClient.Script {

        private final Samples begun = new Samples();
        private final Samples first = new Samples();
        private final Samples later = new Samples();
        private final Plan plan;
        private final boolean hangUpMidway;
        private final Look look;
        private final ByteBuffer request;
        private final long[] sentAt;
        private final int[] seen;
        private int streaming;
        private Map<String, Long> midway = Map.of();

        Timed(Plan plan, int bodyBytes, boolean hangUpMidway, Look look) {
            this.plan = plan;
            this.hangUpMidway = hangUpMidway;
            this.look = look;
            request = Requests.stream(0, bodyBytes);
            sentAt = new long[plan.streams()];
            seen = new int[plan.streams()];
        }

        @Override
        public @Nullable ByteBuffer next(int connection, long now) {
            if (sentAt[connection] != 0) {
                return null;
            }
            sentAt[connection] = now;
            return request.duplicate();
        }

        @Override
        public void begun(int connection, long now) {
            begun.add(now - sentAt[connection]);
        }

        @Override
        public void deltas(int connection, int count, long now) {
            long interval = TimeUnit.MILLISECONDS.toNanos(plan.intervalMillis());
            for (int number = seen[connection] + 1; number <= count; number++) {
                (number == 1 ? first : later).add(now - sentAt[connection] - number * interval);
            }
            streaming += seen[connection] == 0 ? 1 : 0;
            seen[connection] = count;
        }

        @Override
        public void ended(int connection, long now) {
            if (seen[connection] != plan.events()) {
                throw new IllegalStateException("a stream ended after " + seen[connection] + " content events");
            }
        }

        @Override
        public boolean hangUp(long now) {
            if (streaming == plan.streams() && midway.isEmpty()) {
                midway = look.now();
                return hangUpMidway;
            }
            return false;
        }
    }
}
