package io.ccflare.benchmarks.load;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How much a run does. Given as {@code --name=value}; {@code --mode=quick} (about half a minute) or {@code full} (about four minutes, the
 * default) set the rest.
 *
 * @param phases {@code latency}, {@code streams}
 * @param connections how many connections send requests at a time, one measurement each; one comes last, when most is compiled
 * @param rounds pairs of a direct and a gateway round
 * @param round how long requests are sent in one round
 * @param warmUp how long requests are sent each way, on the most connections, before anything is measured
 * @param streams how many streams are open at a time
 * @param events content events of a stream
 * @param intervalMillis pause before each of them
 * @param threads Jetty's threads in the gateway's process: {@code default}, {@code virtual} or a number
 * @param heap the gateway's heap, as in {@code 512m}; it neither grows nor shrinks
 * @param gatewayJvm more arguments for the gateway's JVM
 */
record Plan(
        List<String> phases,
        List<Integer> connections,
        int rounds,
        Duration round,
        Duration warmUp,
        int streams,
        int events,
        int intervalMillis,
        String threads,
        String heap,
        List<String> gatewayJvm) {

    private static final Map<String, String> FULL = Map.ofEntries(
            Map.entry("phases", "latency,streams"),
            Map.entry("connections", "64,16,1"),
            Map.entry("rounds", "5"),
            Map.entry("round-ms", "4000"),
            Map.entry("warm-up-ms", "20000"),
            Map.entry("streams", "1000"),
            Map.entry("events", "50"),
            Map.entry("interval-ms", "200"),
            Map.entry("threads", "default"),
            Map.entry("heap", "512m"),
            Map.entry("gateway-jvm", ""));

    private static final Map<String, String> QUICK = Map.of(
            "rounds", "3",
            "round-ms", "400",
            "warm-up-ms", "4000",
            "streams", "200",
            "events", "20",
            "interval-ms", "100");

    static Plan of(String[] args) {
        Map<String, String> values = new TreeMap<>(FULL);
        if (List.of(args).contains("--mode=quick")) {
            values.putAll(QUICK);
        }
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            String name = parts[0].replaceFirst("^--", "").toLowerCase(Locale.ROOT);
            boolean mode = name.equals("mode")
                    && parts.length == 2
                    && List.of("quick", "full").contains(parts[1]);
            if (!mode && (parts.length != 2 || !values.containsKey(name))) {
                throw new IllegalArgumentException("unknown option " + arg
                        + "; give --mode=quick, --mode=full or --name=value with one of " + values.keySet());
            }
            if (!mode) {
                values.put(name, parts[1]);
            }
        }
        return read(values);
    }

    private static Plan read(Map<String, String> values) {
        return new Plan(
                list(values, "phases").toList(),
                list(values, "connections").map(Integer::parseInt).toList(),
                number(values, "rounds"),
                Duration.ofMillis(number(values, "round-ms")),
                Duration.ofMillis(number(values, "warm-up-ms")),
                number(values, "streams"),
                number(values, "events"),
                number(values, "interval-ms"),
                String.valueOf(values.get("threads")),
                String.valueOf(values.get("heap")),
                list(values, "gateway-jvm").toList());
    }

    private static Stream<String> list(Map<String, String> values, String name) {
        return Stream.of(String.valueOf(values.get(name)).split(",")).filter(part -> !part.isBlank());
    }

    private static int number(Map<String, String> values, String name) {
        return Integer.parseInt(String.valueOf(values.get(name)));
    }
}
