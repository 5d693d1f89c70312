package io.ccflare.benchmarks.load.host;

import io.ccflare.core.Gateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Answers, line by line: {@code stats}, {@code live} (the same after full collections), {@code flush} (after all records are written),
 * {@code histogram} (of live objects). An answer ends with a line that holds a dot.
 */
final class Commands {

    private static final int HISTOGRAM_LINES = 45;

    private final @Nullable Gateway gateway;
    private final Ended ended;

    Commands(@Nullable Gateway gateway, Ended ended) {
        this.gateway = gateway;
        this.ended = ended;
    }

    /** Returns when there are no more commands. */
    void answer(InputStream in, PrintStream out) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            answer(command, out);
            out.println(".");
            out.flush();
        }
    }

    private void answer(String command, PrintStream out) throws IOException {
        switch (command) {
            case "stats" -> {}
            case "live" -> collect();
            case "flush" -> ended.flush();
            case "histogram" -> {
                histogram().lines().limit(HISTOGRAM_LINES).forEach(out::println);
                return;
            }
            default -> throw new IllegalArgumentException("unknown command " + command);
        }
        stats().forEach((name, value) -> out.println(name + "=" + value));
    }

    /** Twice, because references are cleared by the first and what they held is freed by the second. */
    private static void collect() {
        System.gc();
        System.gc();
    }

    private Map<String, Long> stats() {
        Map<String, Long> stats = new TreeMap<>();
        stats.put(
                "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        stats.put("direct", direct());
        ended.tell(stats);
        if (gateway != null) {
            stats.put("open", (long) gateway.status().inFlight());
            stats.put("events.dropped", gateway.status().droppedEvents());
        }
        return stats;
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static String histogram() {
        try {
            return String.valueOf(ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()}));
        } catch (JMException e) {
            return "no histogram on this JVM: " + e;
        }
    }
}
