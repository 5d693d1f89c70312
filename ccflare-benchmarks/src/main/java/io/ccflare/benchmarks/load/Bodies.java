package io.ccflare.benchmarks.load;

import io.ccflare.benchmarks.load.Target.Answered;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests of growing size in a closed loop: whether there is a size from which they cost more than their bytes. */
final class Bodies {

    private static final int CONNECTIONS = 8;
    private static final Duration SETTLING = Duration.ofMillis(500);
    private static final Duration SLACK = Duration.ofSeconds(15);

    private final Plan plan;

    Bodies(Plan plan) {
        this.plan = plan;
    }

    void run(Targets targets) {
        for (int bytes : plan.numbers("bodies")) {
            Figures figures = new Figures("bodies-" + bytes);
            targets.rounds(figures, target -> measure(target, bytes, figures));
            figures.print(
                    "## Requests of " + bytes / 1000 + " KB, " + CONNECTIONS + " connections",
                    List.of("requests/s", "of nginx", "MB/s", "p50 us", "p99 us", "CPU us/request"),
                    way -> List.of(
                            figures.cell(way, "per-second", 0),
                            figures.share(way, "nginx", "per-second"),
                            figures.cell(way, "mb-per-second", 1),
                            figures.cell(way, "p50-us", 0),
                            figures.cell(way, "p99-us", 0),
                            way.equals("direct") ? "" : figures.cell(way, "cpu-us", 1)));
        }
    }

    private Answered measure(Target target, int bytes, Figures figures) throws IOException {
        ByteBuffer[] requests = new ByteBuffer[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++) {
            requests[i] = Requests.message(i, bytes);
        }
        Closed settling = load(target, requests, SETTLING);
        long before = target.use().cpuNanos();
        long start = System.nanoTime();
        Closed script = load(target, requests, plan.millis("bodies-ms"));
        double seconds = (System.nanoTime() - start) / 1e9;
        int count = script.samples.count();
        figures.add(target.way(), "per-second", count / seconds);
        figures.add(target.way(), "mb-per-second", count * (double) requests[0].remaining() / 1e6 / seconds);
        figures.add(target.way(), "p50-us", script.samples.micros(0.5));
        figures.add(target.way(), "p99-us", script.samples.micros(0.99));
        figures.add(target.way(), "cpu-us", (target.use().cpuNanos() - before) / 1000.0 / count);
        return new Answered(settling.samples.count() + count, 0);
    }

    private static Closed load(Target target, ByteBuffer[] requests, Duration time) throws IOException {
        Closed script = new Closed(requests, time);
        new LoadClient(target.uri()).run(script, CONNECTIONS, Duration.ZERO, time.plus(SLACK));
        return script;
    }

    private static final class Closed implements LoadClient.Script {

        private final Samples samples = new Samples();
        private final ByteBuffer[] requests;
        private final long[] sentAt;
        private final long end;

        Closed(ByteBuffer[] requests, Duration time) {
            this.requests = requests;
            sentAt = new long[requests.length];
            end = System.nanoTime() + time.toNanos();
        }

        @Override
        public @Nullable ByteBuffer next(int connection, long now) {
            sentAt[connection] = now;
            return now < end ? requests[connection].duplicate() : null;
        }

        @Override
        public void ended(int connection, long now) {
            samples.add(now - sentAt[connection]);
        }
    }
}
