package io.ccflare.benchmarks.load;

import io.ccflare.benchmarks.load.Target.Answered;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What it costs to keep records in SQLite: at a fixed rate and at full load, beside a gateway that only counts them. */
final class RecordLog {

    private static final String KEPT = " SQLite";
    private static final int CONNECTIONS = 64;
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final Duration SLACK = Duration.ofSeconds(30);

    private final Plan plan;
    private final Wrk wrk;

    RecordLog(Plan plan, Wrk wrk) {
        this.plan = plan;
        this.wrk = wrk;
    }

    /** The name of the way that keeps its records. */
    static String kept(String way) {
        return way + KEPT;
    }

    void run(Targets targets) {
        targets.each(new Figures("warm-up"), target -> {
            long requests = wrk.run(target.uri(), CONNECTIONS, plan.millis("warm-up-ms"))
                    .requests();
            target.numbers("flush");
            return new Answered(requests, CONNECTIONS);
        });
        Figures rate = new Figures("records-rate");
        targets.each(rate, target -> measure(target, rate, () -> fixedRate(target)));
        print("## Records at " + plan.number("record-rate") + " requests/s", rate);
        Figures full = new Figures("records-full");
        targets.each(
                full,
                target -> measure(target, full, () -> {
                    Wrk.Result result = wrk.run(target.uri(), CONNECTIONS, plan.millis("record-ms"));
                    full.add(target.way(), "per-second", result.perSecond());
                    return new Answered(result.requests(), CONNECTIONS);
                }));
        print("## Records at full load, " + CONNECTIONS + " connections", full);
    }

    private Answered fixedRate(Target target) throws IOException {
        Duration time = plan.millis("record-ms");
        FixedRate script = new FixedRate(plan.number("record-rate"), CONNECTIONS, SETTLING, time);
        new LoadClient(target.uri())
                .run(script, CONNECTIONS, Duration.ZERO, SETTLING.plus(time).plus(SLACK));
        return new Answered(script.answered(), 0);
    }

    private interface Load {
        Answered run() throws IOException;
    }

    /** The processor time until the last record is written counts. */
    private static Answered measure(Target target, Figures figures, Load load) throws IOException {
        Map<String, Long> before = target.numbers("flush");
        long cpu = target.use().cpuNanos();
        Answered answered = load.run();
        target.checkRecords(before.getOrDefault("ended", 0L), answered);
        Map<String, Long> after = target.numbers("flush");
        long used = target.use().cpuNanos() - cpu;
        String way = target.way();
        figures.add(way, "answered", answered.whole());
        figures.add(way, "records", more(before, after, "ended"));
        figures.add(way, "cpu-us", used / 1000.0 / answered.whole());
        figures.add(way, "events-dropped", more(before, after, "events.dropped"));
        if (way.endsWith(KEPT)) {
            figures.add(way, "kept", more(before, after, "log.written"));
            figures.add(way, "log-dropped", more(before, after, "log.dropped"));
            figures.add(way, "log-failed", more(before, after, "log.failed"));
        }
        return answered;
    }

    private static long more(Map<String, Long> before, Map<String, Long> after, String name) {
        return after.getOrDefault(name, 0L) - before.getOrDefault(name, 0L);
    }

    private static void print(String title, Figures figures) {
        figures.print(
                title,
                List.of(
                        "requests answered",
                        "requests/s",
                        "records made",
                        "kept",
                        "dropped by the log",
                        "dropped before it",
                        "failed writes",
                        "CPU us/request",
                        "CPU us/record for keeping"),
                way -> List.of(
                        figures.cell(way, "answered", 0),
                        figures.cell(way, "per-second", 0),
                        figures.cell(way, "records", 0),
                        figures.cell(way, "kept", 0),
                        figures.cell(way, "log-dropped", 0),
                        figures.cell(way, "events-dropped", 0),
                        figures.cell(way, "log-failed", 0),
                        figures.cell(way, "cpu-us", 1),
                        way.endsWith(KEPT) ? figures.added(way, way.replace(KEPT, ""), "cpu-us", 1) : ""));
    }
}
