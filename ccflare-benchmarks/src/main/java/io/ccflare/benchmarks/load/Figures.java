package io.ccflare.benchmarks.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, by way and name: one number per round. Each is told on standard error as it comes. */
final class Figures {

    private final String phase;
    private final Map<String, Map<String, List<Double>>> ways = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    Figures(String phase) {
        this.phase = phase;
    }

    void add(String way, String name, double value) {
        ways.computeIfAbsent(way, any -> new LinkedHashMap<>())
                .computeIfAbsent(name, any -> new ArrayList<>())
                .add(value);
        System.err.printf(Locale.ROOT, "raw %s %s %s=%.3f%n", phase, way, name, value);
    }

    void fail(String way, Exception error) {
        failures.put(way, String.valueOf(error.getMessage()));
        System.err.println("raw " + phase + " " + way + " failed: " + error);
    }

    boolean failed(String way) {
        return failures.containsKey(way);
    }

    boolean has(String way, String name) {
        return !values(way, name).isEmpty();
    }

    /** NaN when there is none. */
    double median(String way, String name) {
        List<Double> values = values(way, name);
        return values.isEmpty() ? Double.NaN : Samples.median(values);
    }

    /** The median with the range. */
    String cell(String way, String name, int digits) {
        return range(values(way, name), digits);
    }

    /** The median and the range of what a way has more than another in the same round. */
    String added(String way, String base, String name, int digits) {
        List<Double> values = values(way, name);
        List<Double> bases = values(base, name);
        List<Double> differences = new ArrayList<>();
        for (int i = 0; !way.equals(base) && i < Math.min(values.size(), bases.size()); i++) {
            differences.add(values.get(i) - bases.get(i));
        }
        return range(differences, digits);
    }

    /** The share of another way's median. */
    String share(String way, String base, String name) {
        return has(way, name) && has(base, name)
                ? String.format(Locale.ROOT, "%.0f %%", 100 * median(way, name) / median(base, name))
                : "";
    }

    /** Prints a table with a row for each way; those that failed are told below it. */
    void print(String title, List<String> columns, Row row) {
        System.out.println("\n" + title + "\n");
        System.out.println("| way | " + String.join(" | ", columns) + " |");
        System.out.println("|--".repeat(columns.size() + 1) + "|");
        for (String way : ways.keySet()) {
            System.out.println("| " + way + " | " + String.join(" | ", row.cells(way)) + " |");
        }
        failures.forEach((way, why) -> System.out.println("\n**" + way + " failed:** " + why));
    }

    /** The cells of one way. */
    interface Row {
        List<String> cells(String way);
    }

    private List<Double> values(String way, String name) {
        return ways.getOrDefault(way, Map.of()).getOrDefault(name, List.of());
    }

    private static String range(List<Double> values, int digits) {
        if (values.isEmpty()) {
            return "";
        }
        String median = number(Samples.median(values), digits);
        if (values.size() == 1) {
            return median;
        }
        double least = values.stream().mapToDouble(value -> value).min().orElse(Double.NaN);
        double most = values.stream().mapToDouble(value -> value).max().orElse(Double.NaN);
        return median + " (" + number(least, digits) + " to " + number(most, digits) + ")";
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }
}
