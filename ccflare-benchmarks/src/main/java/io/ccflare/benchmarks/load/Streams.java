package io.ccflare.benchmarks.load;

import io.ccflare.benchmarks.load.Target.Answered;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Many streams at a time: when they begin, how late their events are, and what memory the process has resident. */
final class Streams {

    static final Duration RAMP = Duration.ofMillis(1);

    private static final int BODY_BYTES = 1000;
    /** How long ways that compile nothing are loaded before. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final Plan plan;
    private final JavaChild upstream;

    Streams(Plan plan, JavaChild upstream) {
        this.plan = plan;
        this.upstream = upstream;
    }

    /** Opens streams until the code is compiled. */
    void warmUp(Targets targets) throws IOException {
        pace();
        Figures nowhere = new Figures("warm-up");
        targets.each(nowhere, target -> {
            long end = System.nanoTime() + (target.compiles() ? plan.millis("warm-up-ms") : SETTLING).toNanos();
            Answered sum = new Answered(0, 0);
            while (System.nanoTime() < end) {
                sum = sum.plus(measure(target, new Figures("warm-up")));
            }
            return sum;
        });
    }

    void run(Targets targets) throws IOException {
        pace();
        Figures figures = new Figures("streams");
        targets.rounds(figures, target -> measure(target, figures));
        figures.print(
                String.format(
                        "## %d streams, %d events each, %d ms apart; milliseconds",
                        plan.number("streams"), plan.number("events"), plan.number("interval-ms")),
                List.of(
                        "first byte p50",
                        "first content event later than direct, p50",
                        "later than bare",
                        "event delay p50",
                        "p99",
                        "p99 of bare",
                        "CPU us/event",
                        "resident MB"),
                way -> List.of(
                        figures.cell(way, "begun-p50", 2),
                        figures.added(way, "direct", "first-p50", 2),
                        figures.added(way, Latency.bare(way), "first-p50", 2),
                        figures.cell(way, "delay-p50", 2),
                        figures.cell(way, "delay-p99", 2),
                        figures.share(way, Latency.bare(way), "delay-p99"),
                        way.equals("direct") ? "" : figures.cell(way, "cpu-us", 1),
                        way.equals("direct") ? "" : figures.cell(way, "resident-mb", 0)));
    }

    private void pace() throws IOException {
        upstream.ask("pace " + plan.number("interval-ms") + " " + plan.number("events"));
    }

    private Answered measure(Target target, Figures figures) throws IOException {
        int streams = plan.number("streams");
        StreamScript script =
                new StreamScript(streams, plan.number("events"), plan.millis("interval-ms"), BODY_BYTES, () -> {
                    figures.add(target.way(), "resident-mb", target.use().residentBytes() / 1e6);
                    return false;
                });
        long before = target.use().cpuNanos();
        script.run(target, RAMP);
        long used = target.use().cpuNanos() - before;
        figures.add(target.way(), "begun-p50", script.begun.micros(0.5) / 1000);
        figures.add(target.way(), "first-p50", script.first.micros(0.5) / 1000);
        figures.add(target.way(), "delay-p50", script.later.micros(0.5) / 1000);
        figures.add(target.way(), "delay-p99", script.later.micros(0.99) / 1000);
        figures.add(target.way(), "cpu-us", used / 1000.0 / (script.first.count() + script.later.count()));
        return new Answered(streams, 0);
    }
}
