package io.ccflare.benchmarks.load;

import io.ccflare.benchmarks.load.Target.Answered;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Streams that are slow and many: what heap each holds, and whether thousands stay open without an error and without a thread each. */
final class OpenStreams {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /** A body is held until its stream has content, a second later; so many at once are well below a gateway's budget for bodies. */
    private static final Duration HELD_RAMP = Duration.ofMillis(4);

    private static final int SMALL = 1000;
    /** Enough for the last to open before the first has ended. */
    private static final int HELD_EVENTS = 60;

    private static final int MOST_LOOKS = 20;
    private static final long LOOK_NANOS = 1_000_000_000;
    private static final long STILL_BYTES = 100_000;

    private static final int OPEN_EVENTS = 8;

    private final Plan plan;
    private final JavaChild upstream;

    OpenStreams(Plan plan, JavaChild upstream) {
        this.plan = plan;
        this.upstream = upstream;
    }

    /** Live heap, after full collections, before streams and with all of them open. */
    void memory(Targets targets) throws IOException {
        upstream.ask("pace " + INTERVAL.toMillis() + " " + HELD_EVENTS);
        Figures figures = new Figures("memory");
        targets.each(figures, target -> target.compiles() ? held(target, figures) : new Answered(0, 0));
        figures.print(
                String.format(
                        "## Memory with %d streams open, requests of %d KB",
                        plan.number("held"), plan.number("held-body") / 1000),
                List.of(
                        "live heap before MB",
                        "with streams MB",
                        "heap KB/stream",
                        "direct buffers KB/stream",
                        "resident MB",
                        "threads",
                        "live heap after MB"),
                way -> List.of(
                        figures.cell(way, "before-mb", 1),
                        figures.cell(way, "with-mb", 1),
                        figures.cell(way, "heap-kb", 1),
                        figures.cell(way, "direct-kb", 1),
                        figures.cell(way, "resident-mb", 0),
                        figures.cell(way, "threads", 0),
                        figures.cell(way, "after-mb", 1)));
    }

    /** The first time leaves a baseline for the second, with pools filled and upstream connections closed. */
    private Answered held(Target target, Figures figures) throws IOException {
        int streams = plan.number("held");
        long ended = target.ended();
        script(SMALL, () -> true).run(target, Streams.RAMP);
        target.checkRecords(ended, new Answered(streams, 0));
        Map<String, Long> before = atRest(target);
        script(plan.number("held-body"), () -> {
                    Map<String, Long> with = target.numbers("live");
                    Use use = target.use();
                    figures.add(target.way(), "before-mb", before.getOrDefault("heap", 0L) / 1e6);
                    figures.add(target.way(), "with-mb", with.getOrDefault("heap", 0L) / 1e6);
                    figures.add(target.way(), "heap-kb", perStream(before, with, "heap"));
                    figures.add(target.way(), "direct-kb", perStream(before, with, "direct"));
                    figures.add(target.way(), "resident-mb", use.residentBytes() / 1e6);
                    figures.add(target.way(), "threads", use.threads());
                    System.err.println("Live objects of " + target.way() + ":\n" + target.histogram());
                    return true;
                })
                .run(target, HELD_RAMP);
        target.checkRecords(ended, new Answered(2L * streams, 0));
        figures.add(target.way(), "after-mb", atRest(target).getOrDefault("heap", 0L) / 1e6);
        return new Answered(2L * streams, 0);
    }

    /** Hosts tidy up behind connections that are gone in their own time: waits until the heap no longer shrinks. */
    private static Map<String, Long> atRest(Target target) throws IOException {
        Map<String, Long> live = target.numbers("live");
        long before = Long.MAX_VALUE;
        for (int i = 0; i < MOST_LOOKS && live.getOrDefault("heap", 0L) < before - STILL_BYTES; i++) {
            before = live.getOrDefault("heap", 0L);
            LockSupport.parkNanos(LOOK_NANOS);
            live = target.numbers("live");
        }
        return live;
    }

    private StreamScript script(int bodyBytes, StreamScript.Look look) {
        return new StreamScript(plan.number("held"), HELD_EVENTS, INTERVAL, bodyBytes, look);
    }

    private double perStream(Map<String, Long> before, Map<String, Long> with, String name) {
        return (with.getOrDefault(name, 0L) - before.getOrDefault(name, 0L)) / 1000.0 / plan.number("held");
    }

    /** Streams of an event a second, all open at once, to their end. Ends the ways: nothing can be measured with them afterwards. */
    void many(Targets targets) throws IOException {
        upstream.ask("pace " + INTERVAL.toMillis() + " " + OPEN_EVENTS);
        int streams = plan.number("open");
        Figures figures = new Figures("open");
        targets.last(figures, target -> {
            StreamScript script = new StreamScript(streams, OPEN_EVENTS, INTERVAL, SMALL, () -> {
                Use use = target.use();
                figures.add(target.way(), "threads", use.threads());
                figures.add(target.way(), "resident-mb", use.residentBytes() / 1e6);
                return false;
            });
            script.run(target, Streams.RAMP);
            figures.add(target.way(), "delay-p50", script.later.micros(0.5) / 1000);
            figures.add(target.way(), "delay-p99", script.later.micros(0.99) / 1000);
            return new Answered(streams, 0);
        });
        figures.print(
                String.format("## %,d streams open at once, an event a second each, none failed", streams),
                List.of("threads", "resident MB", "event delay p50 ms", "p99 ms"),
                way -> List.of(
                        way.equals("direct") ? "" : figures.cell(way, "threads", 0),
                        way.equals("direct") ? "" : figures.cell(way, "resident-mb", 0),
                        figures.cell(way, "delay-p50", 2),
                        figures.cell(way, "delay-p99", 2)));
    }
}
