package io.ccflare.benchmarks.load;

import io.ccflare.adapter.javalin.JavalinGateway;
import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.Gateway;
import io.ccflare.core.memory.InMemoryAccountStore;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The process that is measured: a gateway with three accounts, mounted in Javalin at {@code /v1} on a free port of loopback. Prints its
 * address, then answers commands on standard input ({@code stats}, {@code live}, {@code histogram}), each answer ending with a line that
 * holds a dot, and ends with its input.
 */
public final class LoadHost {

    private static final int ACCOUNTS = 3;
    /** Jetty's default of 50 makes the kernel drop connections when a thousand come within a second; each then waits a second or more. */
    private static final int ACCEPT_QUEUE = 1024;

    private static final int HISTOGRAM_LINES = 45;

    private final Ended ended = new Ended();
    private final Gateway gateway;
    private final Javalin javalin;

    private LoadHost(URI upstream, String threads) {
        Account[] accounts = new Account[ACCOUNTS];
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts[i] = Account.builder("load-" + i, "load-" + i, Credential.apiKey("load-key-" + i))
                    .endpoint(upstream)
                    .build();
        }
        gateway = Gateway.builder(InMemoryAccountStore.of(accounts))
                .listener(ended)
                .build();
        javalin = Javalin.create(config -> configure(config, threads));
    }

    /** @param args the upstream's address, and Jetty's threads: {@code default}, {@code virtual} or a number */
    public static void main(String[] args) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        LoadHost host = new LoadHost(URI.create(args[0]), args[1]);
        host.javalin.start();
        System.out.println("http://127.0.0.1:" + host.javalin.port());
        try {
            host.answer(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        } finally {
            host.javalin.stop();
            host.gateway.close();
        }
    }

    private void configure(JavalinConfig config, String threads) {
        config.startup.showJavalinBanner = false;
        config.jetty.addConnector((server, http) -> {
            ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
            connector.setHost("127.0.0.1");
            connector.setPort(0);
            connector.setAcceptQueueSize(ACCEPT_QUEUE);
            return connector;
        });
        switch (threads) {
            case "default" -> config.concurrency.useVirtualThreads = false;
            case "virtual" -> config.concurrency.useVirtualThreads = true;
            default -> config.jetty.threadPool = new QueuedThreadPool(Integer.parseInt(threads));
        }
        JavalinGateway.mount(config, "/v1", gateway);
    }

    private void answer(BufferedReader commands) throws IOException {
        String command = commands.readLine();
        while (command != null) {
            switch (command) {
                case "stats" -> stats().forEach((name, value) -> System.out.println(name + "=" + value));
                case "live" -> {
                    collect();
                    stats().forEach((name, value) -> System.out.println(name + "=" + value));
                }
                case "histogram" -> histogram().lines().limit(HISTOGRAM_LINES).forEach(System.out::println);
                default -> System.out.println("error=unknown command " + command);
            }
            System.out.println(".");
            System.out.flush();
            command = commands.readLine();
        }
    }

    /** Twice, because references are cleared by the first and what they held is freed by the second. */
    private static void collect() {
        System.gc();
        System.gc();
    }

    private Map<String, Long> stats() throws IOException {
        Map<String, Long> stats = new TreeMap<>();
        stats.put("threads", (long) ManagementFactory.getThreadMXBean().getThreadCount());
        stats.put("threads.http", threadsNamed("ccflare-http-"));
        stats.put(
                "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        stats.put("direct", direct());
        stats.put("rss", residentBytes());
        stats.put("cpu.nanos", cpuNanos());
        stats.put("gc.millis", gcMillis());
        stats.put("ended", ended.all.sum());
        stats.put("ended.ok", ended.ok.sum());
        stats.put("ended.cancelled", ended.cancelled.sum());
        return stats;
    }

    private static long threadsNamed(String prefix) {
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                .map(ThreadInfo::getThreadName)
                .filter(name -> name.startsWith(prefix))
                .count();
    }

    private static long direct() {
        List<BufferPoolMXBean> pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
        return pools.stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Resident memory as Linux tells it; 0 elsewhere. */
    private static long residentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .sum();
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime()
                : 0;
    }

    private static long gcMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(bean -> bean.getCollectionTime())
                .sum();
    }

    private static String histogram() {
        try {
            Object told = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return String.valueOf(told).lines().collect(Collectors.joining("\n"));
        } catch (JMException e) {
            return "no histogram on this JVM: " + e;
        }
    }

    private static final class Ended implements GatewayListener {

        private final LongAdder all = new LongAdder();
        private final LongAdder ok = new LongAdder();
        private final LongAdder cancelled = new LongAdder();

        @Override
        public void requestEnded(RequestRecord requestRecord) {
            all.increment();
            if (requestRecord.outcome() == Outcome.OK) {
                ok.increment();
            } else if (requestRecord.outcome() == Outcome.CANCELLED) {
                cancelled.increment();
            }
        }
    }
}
