package io.ccflare.fake;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * Runs a {@link FakeUpstream} in a process of its own, until that is ended. Prints its address as the only line on standard output.
 *
 * <p>Options are {@code --name=value}, or the environment variable {@code FAKE_UPSTREAM_NAME}:
 *
 * <ul>
 *   <li>{@code port}: 0 for a free one (default)
 *   <li>{@code keys}: comma-separated credentials, each optionally {@code key=FAULT} with a name of the catalogue; default: any key
 *   <li>{@code interval-ms}: pause before each content event; default 20
 *   <li>{@code deltas}: content events per answer; default 100
 * </ul>
 *
 * @since 1.0
 */
public final class FakeUpstreamMain {
    private static final Map<String, String> DEFAULTS =
            Map.of("port", "0", "keys", "", "interval-ms", "20", "deltas", "100");

    private FakeUpstreamMain() {}

    /**
     * Starts the server and never returns.
     *
     * @param args options as above
     * @throws IllegalArgumentException if an option is unknown or its value is not what it should be
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        try (FakeUpstream fake = start(args, System.getenv())) {
            System.out.println(fake.uri());
            System.out.flush();
            new CountDownLatch(1).await();
        }
    }

    static FakeUpstream start(String[] args, Map<String, String> environment) {
        Map<String, String> options = options(args, environment);
        FakeUpstream.Builder builder = FakeUpstream.builder()
                .port(number(options, "port"))
                .eventInterval(Duration.ofMillis(number(options, "interval-ms")))
                .deltas(number(options, "deltas"))
                .record(0, 0);
        String keys = String.valueOf(options.get("keys"));
        FakeUpstream fake = keys.isEmpty() ? builder.acceptAnyKey().start() : builder.start();
        for (String key : keys.isEmpty() ? new String[0] : keys.split(",")) {
            String[] parts = key.strip().split("=", 2);
            fake.account(parts[0]).fault(parts.length == 2 ? Fault.named(parts[1]) : Fault.NONE);
        }
        return fake;
    }

    private static Map<String, String> options(String[] args, Map<String, String> environment) {
        Map<String, String> options = new TreeMap<>(DEFAULTS);
        options.replaceAll((name, value) -> environment.getOrDefault(
                "FAKE_UPSTREAM_" + name.toUpperCase(Locale.ROOT).replace('-', '_'), value));
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            String name = parts[0].startsWith("--") ? parts[0].substring(2) : "";
            if (parts.length != 2 || !DEFAULTS.containsKey(name)) {
                throw new IllegalArgumentException(
                        "Unknown option " + parts[0] + "; give --name=value with a name of " + options.keySet());
            }
            options.put(name, parts[1]);
        }
        return options;
    }

    private static int number(Map<String, String> options, String name) {
        String value = String.valueOf(options.get(name));
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Option " + name + " must be a whole number, not: " + value, e);
        }
    }
}
