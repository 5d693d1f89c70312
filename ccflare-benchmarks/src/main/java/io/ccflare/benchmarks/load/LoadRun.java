package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures what gateways cost, over loopback: each way's process alone on one core; the upstream, wrk and our own client on another.
 * Prints tables in Markdown, and every single figure on standard error. Options: {@link Plan}. Ends by itself and takes its processes
 * with it.
 */
public final class LoadRun {

    private final Plan plan;
    private final Machine machine;
    private final Path folder;

    private LoadRun(Plan plan, Machine machine, Path folder) {
        this.plan = plan;
        this.machine = machine;
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        Plan plan = Plan.of(args);
        Machine machine = Machine.of(plan);
        machine.moveHere();
        Path folder = Files.createTempDirectory("ccflare-load");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        if (!plan.text("profile").isEmpty()) {
            Files.createDirectories(Path.of(plan.text("profile")));
        }
        new LoadRun(plan, machine, folder).run();
    }

    private void run() throws IOException {
        System.out.printf(
                "Under test: %s; -Xms%s -Xmx%s -XX:+Use%sGC %s; load average at the start %.2f%n",
                release(),
                plan.text("heap"),
                plan.text("heap"),
                plan.text("collector"),
                plan.text("jvm"),
                loadAverage());
        System.err.println(plan);
        long start = System.nanoTime();
        if (plan.runs("throughput") || plan.runs("latency") || plan.runs("bodies")) {
            requests();
        }
        if (plan.runs("streams") || plan.runs("memory") || plan.runs("open")) {
            streams();
        }
        if (plan.runs("records")) {
            records();
        }
        System.out.printf(
                "%nIt took %.1f minutes; load average at the end %.2f.%n",
                (System.nanoTime() - start) / 6e10, loadAverage());
    }

    /** All requests of these phases were recorded, or the way is among the failed. */
    private void requests() throws IOException {
        try (Nginx upstream = Nginx.origin(folder, machine::beside);
                Targets targets = new Targets(plan, machine, folder, upstream.uri())) {
            targets.start(plan.list("ways"));
            Throughput throughput = new Throughput(plan, new Wrk(folder, machine::beside));
            throughput.warmUp(targets);
            if (plan.runs("throughput")) {
                throughput.run(targets);
            }
            if (plan.runs("latency")) {
                new Latency(plan).run(targets);
            }
            if (plan.runs("bodies")) {
                new Bodies(plan).run(targets);
            }
        }
    }

    private void streams() throws IOException {
        try (JavaChild upstream = JavaChild.start("upstream", machine.beside(Jvm.upstream()), LoadUpstream.class);
                Targets targets = new Targets(plan, machine, folder, upstream.uri())) {
            targets.start(plan.list("ways"));
            Streams streams = new Streams(plan, upstream);
            OpenStreams open = new OpenStreams(plan, upstream);
            streams.warmUp(targets);
            if (plan.runs("streams")) {
                streams.run(targets);
            }
            if (plan.runs("memory")) {
                open.memory(targets);
            }
            if (plan.runs("open")) {
                open.many(targets);
            }
        }
    }

    private void records() throws IOException {
        try (Nginx upstream = Nginx.origin(folder, machine::beside);
                Targets targets = new Targets(plan, machine, folder, upstream.uri())) {
            for (String way : plan.list("record-ways")) {
                targets.startHost(way, way, "count");
                Path file = folder.resolve(way + "-" + upstream.uri().getPort() + ".db");
                targets.startHost(RecordLog.kept(way), way, file.toString());
            }
            new RecordLog(plan, new Wrk(folder, machine::beside)).run(targets);
        }
    }

    private String release() throws IOException {
        Path file = Path.of(plan.text("java"), "release");
        if (!Files.isReadable(file)) {
            throw new IOException("--java needs the folder of a JDK, unlike " + plan.text("java"));
        }
        List<String> lines = Files.readAllLines(file);
        return lines.stream()
                .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION=") || line.startsWith("JAVA_VERSION="))
                .map(line -> "JDK " + line.replaceAll(".*=|\"", ""))
                .max(Comparator.comparingInt(String::length))
                .orElse("JDK unknown");
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            System.err.println(folder + " is left behind: " + e.getMessage());
        }
    }
}
