package io.ccflare.benchmarks.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much a run does. Given as {@code --name=value}; {@code --mode=quick} (a try, its figures mean nothing) or {@code full} (the default)
 * set the rest. {@code docs/benchmarks.md} lists the options.
 */
final class Plan {

    private static final Map<String, String> FULL = Map.ofEntries(
            Map.entry("phases", "throughput,latency,bodies,streams,memory,open,records"),
            Map.entry(
                    "ways",
                    "direct,nginx,bare-vertx,bare-javalin,vertx+vertx,vertx+jdk,javalin+vertx,javalin+jdk,servlet+jdk"),
            Map.entry("rounds", "3"),
            Map.entry("warm-up-ms", "30000"),
            Map.entry("connections", "16,64"),
            Map.entry("round-ms", "3000"),
            Map.entry("rate", "100"),
            Map.entry("latency-ms", "6000"),
            Map.entry("bodies", "1000,10000,100000,1000000"),
            Map.entry("bodies-ms", "1000"),
            Map.entry("streams", "500"),
            Map.entry("events", "50"),
            Map.entry("interval-ms", "20"),
            Map.entry("held", "2000"),
            Map.entry("held-body", "76000"),
            Map.entry("open", "5000"),
            Map.entry("record-ways", "vertx+vertx,javalin+jdk"),
            Map.entry("record-rate", "2000"),
            Map.entry("record-ms", "10000"),
            Map.entry("heap", "512m"),
            Map.entry("collector", "Serial"),
            Map.entry("java", System.getProperty("java.home")),
            Map.entry("jvm", ""),
            Map.entry("cores", "0,1"),
            Map.entry("profile", ""));

    private static final Map<String, String> QUICK = Map.ofEntries(
            Map.entry("rounds", "2"),
            Map.entry("warm-up-ms", "3000"),
            Map.entry("round-ms", "1000"),
            Map.entry("latency-ms", "1000"),
            Map.entry("bodies-ms", "300"),
            Map.entry("streams", "100"),
            Map.entry("events", "20"),
            Map.entry("held", "200"),
            Map.entry("open", "500"),
            Map.entry("record-ms", "1500"));

    private final Map<String, String> values;

    private Plan(Map<String, String> values) {
        this.values = values;
    }

    static Plan of(String[] args) {
        Map<String, String> values = new TreeMap<>(FULL);
        if (List.of(args).contains("--mode=quick")) {
            values.putAll(QUICK);
        }
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            String name = parts[0].replaceFirst("^--", "");
            if (arg.equals("--mode=quick") || arg.equals("--mode=full")) {
                continue;
            }
            if (parts.length != 2 || !values.containsKey(name)) {
                throw new IllegalArgumentException("unknown option " + arg
                        + "; give --mode=quick, --mode=full or --name=value with one of " + values.keySet());
            }
            values.put(name, parts[1]);
        }
        Plan plan = new Plan(values);
        plan.known("phases");
        plan.known("ways");
        plan.known("record-ways");
        return plan;
    }

    private void known(String name) {
        List<String> all =
                Arrays.asList(FULL.getOrDefault(name.replace("record-", ""), "").split(","));
        for (String value : list(name)) {
            if (!all.contains(value)) {
                throw new IllegalArgumentException("--" + name + " does not know " + value + "; there are " + all);
            }
        }
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("there is no option " + name);
        }
        return value;
    }

    List<String> list(String name) {
        return Arrays.stream(text(name).split(","))
                .filter(part -> !part.isBlank())
                .toList();
    }

    List<Integer> numbers(String name) {
        return list(name).stream().map(Integer::parseInt).toList();
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    Duration millis(String name) {
        return Duration.ofMillis(number(name));
    }

    boolean runs(String phase) {
        return list("phases").contains(phase);
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
