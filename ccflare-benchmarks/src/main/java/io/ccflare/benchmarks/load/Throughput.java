package io.ccflare.benchmarks.load;

import io.ccflare.benchmarks.load.Target.Answered;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Short requests in a closed loop: how many a second, and what processor time each costs. */
final class Throughput {

    /** Not measured, so that connections are open and a paused process is awake. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final Plan plan;
    private final Wrk wrk;

    Throughput(Plan plan, Wrk wrk) {
        this.plan = plan;
        this.wrk = wrk;
    }

    /** Loads each way until its code is compiled. */
    void warmUp(Targets targets) {
        int most = plan.numbers("connections").stream()
                .mapToInt(count -> count)
                .max()
                .orElse(1);
        targets.each(
                new Figures("warm-up"),
                target -> load(target, most, target.compiles() ? plan.millis("warm-up-ms") : SETTLING));
    }

    void run(Targets targets) {
        for (int connections : plan.numbers("connections")) {
            Figures figures = new Figures("throughput-" + connections);
            targets.rounds(figures, target -> measure(target, connections, figures));
            figures.print(
                    "## Requests per second, " + connections + " connections, 1 KB",
                    List.of("requests/s", "of nginx", "CPU us/request", "p50 us", "p99 us"),
                    way -> List.of(
                            figures.cell(way, "per-second", 0),
                            figures.share(way, "nginx", "per-second"),
                            way.equals("direct") ? "" : figures.cell(way, "cpu-us", 1),
                            figures.cell(way, "p50-us", 0),
                            figures.cell(way, "p99-us", 0)));
        }
    }

    private Answered load(Target target, int connections, Duration time) throws IOException {
        return new Answered(wrk.run(target.uri(), connections, time).requests(), connections);
    }

    private Answered measure(Target target, int connections, Figures figures) throws IOException {
        Answered settling = load(target, connections, SETTLING);
        long before = target.use().cpuNanos();
        Wrk.Result result = wrk.run(target.uri(), connections, plan.millis("round-ms"));
        long used = target.use().cpuNanos() - before;
        figures.add(target.way(), "per-second", result.perSecond());
        figures.add(target.way(), "cpu-us", used / 1000.0 / result.requests());
        figures.add(target.way(), "p50-us", result.p50());
        figures.add(target.way(), "p99-us", result.p99());
        return settling.plus(new Answered(result.requests(), connections));
    }
}
