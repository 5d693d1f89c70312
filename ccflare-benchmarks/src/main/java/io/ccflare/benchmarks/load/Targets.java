package io.ccflare.benchmarks.load;

import io.ccflare.benchmarks.load.host.LoadHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All ways that are up. One at a time is loaded, the others are paused. */
final class Targets implements AutoCloseable {

    private final Plan plan;
    private final Machine machine;
    private final Path folder;
    private final URI upstream;
    private final List<Target> all = new ArrayList<>();

    Targets(Plan plan, Machine machine, Path folder, URI upstream) {
        this.plan = plan;
        this.machine = machine;
        this.folder = folder;
        this.upstream = upstream;
    }

    /** What is done with each way. */
    interface Task {
        Target.Answered run(Target target) throws IOException;
    }

    void start(List<String> ways) throws IOException {
        for (String way : ways) {
            switch (way) {
                case "direct" -> all.add(Target.direct(upstream));
                case "nginx" -> add(Target.nginx(Nginx.proxy(folder, upstream, machine::underTest)));
                default -> startHost(way, way, "count");
            }
        }
    }

    /** @param log as {@link LoadHost} takes it */
    void startHost(String name, String way, String log) throws IOException {
        JavaChild java = JavaChild.start(
                name, machine.underTest(Jvm.command(plan, name)), LoadHost.class, way, upstream.toString(), log);
        add(Target.java(name, java));
    }

    private void add(Target target) throws IOException {
        all.add(target);
        target.pause();
    }

    /** Does something with each way once, not measured. */
    void each(Figures figures, Task task) {
        each(all, figures, task);
    }

    /**
     * Does something with each way once, and then never again: its process is ended, and with it the idle connections that it keeps to
     * the upstream, which cost that one a file descriptor each.
     */
    void last(Figures figures, Task task) {
        for (Target target : List.copyOf(all)) {
            attempt(target, figures, task);
            end(target);
        }
    }

    private void end(Target target) {
        all.remove(target);
        try {
            target.close();
        } catch (IOException e) {
            System.err.println(target.way() + " did not end in peace: " + e.getMessage());
        }
    }

    /** Does something with all ways in turns, another one first each round. A way that fails is left out of the rest. */
    void rounds(Figures figures, Task task) {
        List<Target> order = new ArrayList<>(all);
        for (int round = 0; round < plan.number("rounds"); round++) {
            each(order, figures, task);
            Collections.rotate(order, -1);
        }
    }

    private void each(List<Target> order, Figures figures, Task task) {
        for (Target target : order) {
            attempt(target, figures, task);
        }
    }

    private static void attempt(Target target, Figures figures, Task task) {
        if (figures.failed(target.way())) {
            return;
        }
        try {
            target.resume();
            long before = target.ended();
            target.checkRecords(before, task.run(target));
        } catch (IOException e) {
            figures.fail(target.way(), e);
        } finally {
            rest(target);
        }
    }

    /** What a failure left under way ends before the next, so that it is not taken for the next one's. */
    private static void rest(Target target) {
        try {
            target.settled(0);
            target.pause();
        } catch (IOException e) {
            System.err.println(target.way() + " does not come to rest: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        for (Target target : all) {
            target.close();
        }
    }
}
