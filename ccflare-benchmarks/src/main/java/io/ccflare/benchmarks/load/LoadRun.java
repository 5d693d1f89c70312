package io.ccflare.benchmarks.load;

import io.ccflare.fake.FakeUpstreamMain;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures what a gateway adds, over loopback: starts a fake upstream and a gateway in processes of their own, sends the same requests
 * to both, and prints tables in Markdown. Options: {@link Plan}. Ends by itself and takes its processes with it.
 */
public final class LoadRun {

    private LoadRun() {}

    public static void main(String[] args) throws IOException {
        Plan plan = Plan.of(args);
        System.out.printf(
                "JDK %s, %d processors, load average at the start %.2f, gateway heap %s, Jetty threads %s%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                loadAverage(),
                plan.heap(),
                plan.threads());
        List<String> gatewayJvm = new ArrayList<>(List.of("-Xms" + plan.heap(), "-Xmx" + plan.heap()));
        gatewayJvm.addAll(plan.gatewayJvm());
        try (Child upstream = Child.start(
                        FakeUpstreamMain.class,
                        List.of("-Xms256m", "-Xmx256m"),
                        "--deltas=" + plan.events(),
                        "--interval-ms=" + plan.intervalMillis());
                Child gateway =
                        Child.start(LoadHost.class, gatewayJvm, upstream.uri().toString(), plan.threads())) {
            System.out.println("Gateway process " + gateway.pid());
            Rounds rounds = new Rounds(plan, upstream.uri(), gateway);
            Streams streams = new Streams(plan, upstream.uri(), gateway);
            if (plan.phases().contains("latency")) {
                rounds.run();
            }
            if (plan.phases().contains("streams")) {
                streams.run();
            }
            Map<String, Long> end = gateway.numbers("live");
            System.out.printf(
                    "%nSent through the gateway: %d requests; recorded by it: %d, of them %d ok, %d cancelled. "
                            + "Live heap at the end %.1f MB, time in collections %d ms. Load average %.2f%n",
                    rounds.sent() + streams.sent(),
                    end.get("ended"),
                    end.get("ended.ok"),
                    end.get("ended.cancelled"),
                    end.get("heap") / 1e6,
                    end.get("gc.millis"),
                    loadAverage());
        }
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
