package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Short requests, one after the other on each of some connections: rounds direct and through the gateway, in turns, so that what the
 * machine does meanwhile meets both alike. Which goes first changes from pair to pair.
 */
final class Rounds {

    private static final int BODY_BYTES = 1000;
    /** Not measured, before each number of connections. */
    private static final Duration SETTLING = Duration.ofMillis(500);

    private static final Duration SLACK = Duration.ofSeconds(20);

    private final Plan plan;
    private final URI upstream;
    private final Child gateway;
    private long sent;

    Rounds(Plan plan, URI upstream, Child gateway) {
        this.plan = plan;
        this.upstream = upstream;
        this.gateway = gateway;
    }

    /** One round: what was measured, and the gateway's processor time meanwhile. */
    private record Round(Samples samples, double perSecond, long cpuNanos) {}

    void run() throws IOException {
        int most = plan.connections().stream().mapToInt(count -> count).max().orElse(1);
        round(upstream, most, plan.warmUp());
        round(gateway.uri(), most, plan.warmUp());
        System.out.println("\n## Short requests (1 KB JSON up, JSON back), microseconds\n");
        System.out.println(
                "| connections | direct p50 | gateway p50 | added p50 (range) | ratio | direct p99 | gateway p99 "
                        + "| added p99 (range) | direct req/s | gateway req/s | gateway CPU us/req | n |");
        System.out.println("|--|--|--|--|--|--|--|--|--|--|--|--|");
        for (int connections : plan.connections()) {
            round(upstream, connections, SETTLING);
            round(gateway.uri(), connections, SETTLING);
            List<Round> direct = new ArrayList<>();
            List<Round> through = new ArrayList<>();
            for (int i = 0; i < plan.rounds(); i++) {
                if (i % 2 == 0) {
                    direct.add(round(upstream, connections, plan.round()));
                    through.add(round(gateway.uri(), connections, plan.round()));
                } else {
                    through.add(round(gateway.uri(), connections, plan.round()));
                    direct.add(round(upstream, connections, plan.round()));
                }
            }
            print(connections, direct, through);
        }
    }

    /** How many requests went to the gateway. */
    long sent() {
        return sent;
    }

    private Round round(URI to, int connections, Duration time) throws IOException {
        Closed script = new Closed(connections, time);
        long cpu = gateway.numbers("stats").getOrDefault("cpu.nanos", 0L);
        long start = System.nanoTime();
        new LoadClient(to).run(script, connections, Duration.ZERO, time.plus(SLACK));
        double seconds = (System.nanoTime() - start) / 1e9;
        sent += to.equals(gateway.uri()) ? script.sent : 0;
        long used = gateway.numbers("stats").getOrDefault("cpu.nanos", 0L) - cpu;
        return new Round(script.samples, script.samples.count() / seconds, used);
    }

    private static void print(int connections, List<Round> direct, List<Round> through) {
        double directMedian = median(direct, 0.5);
        double throughMedian = median(through, 0.5);
        long requests =
                through.stream().mapToLong(round -> round.samples().count()).sum();
        double cpu = through.stream().mapToLong(Round::cpuNanos).sum() / 1000.0 / requests;
        System.out.printf(
                "| %d | %.0f | %.0f | %s | %.1f | %.0f | %.0f | %s | %.0f | %.0f | %.0f | %d |%n",
                connections,
                directMedian,
                throughMedian,
                added(direct, through, 0.5),
                throughMedian / directMedian,
                median(direct, 0.99),
                median(through, 0.99),
                added(direct, through, 0.99),
                Samples.median(direct.stream().map(Round::perSecond).toList()),
                Samples.median(through.stream().map(Round::perSecond).toList()),
                cpu,
                requests);
    }

    private static double median(List<Round> rounds, double share) {
        return Samples.median(
                rounds.stream().map(round -> round.samples().micros(share)).toList());
    }

    /** Median and range of the differences between the two rounds of a pair. */
    private static String added(List<Round> direct, List<Round> through, double share) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < direct.size(); i++) {
            differences.add(through.get(i).samples().micros(share)
                    - direct.get(i).samples().micros(share));
        }
        return String.format(
                "%.0f (%.0f to %.0f)",
                Samples.median(differences),
                differences.stream().mapToDouble(d -> d).min().orElse(Double.NaN),
                differences.stream().mapToDouble(d -> d).max().orElse(Double.NaN));
    }

    /** A closed loop; the first request of a connection is not counted. */
    private static final class Closed implements LoadClient.Script {

        private final Samples samples = new Samples();
        private final ByteBuffer[] requests;
        private final long[] sentAt;
        private final boolean[] warm;
        private final long end;
        private long sent;

        Closed(int connections, Duration time) {
            requests = new ByteBuffer[connections];
            for (int i = 0; i < connections; i++) {
                requests[i] = Requests.message(i, BODY_BYTES);
            }
            sentAt = new long[connections];
            warm = new boolean[connections];
            end = System.nanoTime() + time.toNanos();
        }

        @Override
        public @Nullable ByteBuffer next(int connection, long now) {
            if (now >= end) {
                return null;
            }
            sent++;
            sentAt[connection] = now;
            return requests[connection].duplicate();
        }

        @Override
        public void ended(int connection, long now) {
            if (warm[connection]) {
                samples.add(now - sentAt[connection]);
            }
            warm[connection] = true;
        }
    }
}
