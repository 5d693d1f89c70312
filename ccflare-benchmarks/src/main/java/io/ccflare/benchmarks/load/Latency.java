package io.ccflare.benchmarks.load;

import io.ccflare.benchmarks.load.Target.Answered;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Short requests at a low, fixed rate: how much later a way answers than the upstream, and than a pass-through on the same stack. */
final class Latency {

    private static final int CONNECTIONS = 16;
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final Duration SLACK = Duration.ofSeconds(15);

    private final Plan plan;

    Latency(Plan plan) {
        this.plan = plan;
    }

    void run(Targets targets) {
        Figures figures = new Figures("latency");
        targets.rounds(figures, target -> measure(target, figures));
        figures.print(
                "## Latency at " + plan.number("rate") + " requests/s, 1 KB, microseconds",
                List.of(
                        "p50",
                        "p99",
                        "added p50 over direct",
                        "added p50 over bare",
                        "added p99 over direct",
                        "added p99 over bare"),
                way -> List.of(
                        figures.cell(way, "p50-us", 0),
                        figures.cell(way, "p99-us", 0),
                        figures.added(way, "direct", "p50-us", 0),
                        figures.added(way, bare(way), "p50-us", 0),
                        figures.added(way, "direct", "p99-us", 0),
                        figures.added(way, bare(way), "p99-us", 0)));
    }

    /** The pass-through on the same server. */
    static String bare(String way) {
        return way.startsWith("vertx+") ? "bare-vertx" : way.contains("+") ? "bare-javalin" : way;
    }

    private Answered measure(Target target, Figures figures) throws IOException {
        Duration time = plan.millis("latency-ms");
        FixedRate script = new FixedRate(plan.number("rate"), CONNECTIONS, SETTLING, time);
        new LoadClient(target.uri())
                .run(script, CONNECTIONS, Duration.ZERO, time.plus(SETTLING).plus(SLACK));
        figures.add(target.way(), "p50-us", script.samples().micros(0.5));
        figures.add(target.way(), "p99-us", script.samples().micros(0.99));
        return new Answered(script.answered(), 0);
    }
}
