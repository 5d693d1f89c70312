package io.ccflare.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.openjdk.jmh.annotations.Setup;

/**
 * Runs benchmarks of this package by the processor time of their thread instead of the clock's, for machines that others use too: being
 * set aside costs no processor time. Caches are still shared, so read the range and not the median alone.
 */
public final class ProcessorTime {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long SLICE_NANOS = 400_000_000;
    private static final int WARM_UP = 4;
    private static final int SLICES = 7;

    private static long sink;

    private ProcessorTime() {}

    /** @param args one of {@code json SIZE array|read-only}, {@code sse 16k|event}, {@code pick STRATEGY RESTING}, {@code full STRATEGY RESTING}, {@code call SIZE json|sse} */
    public static void main(String[] args) throws ReflectiveOperationException {
        String name = String.join(" ", List.of(args)) + ", JDK " + Runtime.version();
        switch (args[0]) {
            case "json" -> {
                JsonScanBenchmark benchmark = new JsonScanBenchmark();
                benchmark.size = Integer.parseInt(args[1]);
                benchmark.buffers = args[2];
                benchmark.write();
                rate(name, benchmark::scan);
            }
            case "sse" -> {
                SseScanBenchmark benchmark = new SseScanBenchmark();
                benchmark.segments = args[1];
                benchmark.write();
                SseScanBenchmark.Reader reader = new SseScanBenchmark.Reader();
                rate(name, bytes -> benchmark.scan(reader, bytes));
            }
            case "pick", "full" -> {
                RankingBenchmark benchmark = new RankingBenchmark();
                benchmark.strategy = args[1];
                benchmark.cooling = Integer.parseInt(args[2]);
                setUp(benchmark);
                boolean pick = args[0].equals("pick");
                double[] nanos = nanos(
                        bytes -> (pick ? benchmark.pickAndReserve() : benchmark.fullRanking()).hashCode(),
                        new ByteRate());
                median(name, nanos);
            }
            case "call" -> {
                CallBenchmark benchmark = new CallBenchmark();
                benchmark.size = Integer.parseInt(args[1]);
                benchmark.answer = args[2];
                benchmark.open();
                median(name, nanos(bytes -> benchmark.call(), new ByteRate()));
                benchmark.close();
            }
            default -> throw new IllegalArgumentException("unknown benchmark " + args[0]);
        }
    }

    private static void median(String name, double[] nanos) {
        System.out.printf("%s: median %.0f ns (%.0f to %.0f)%n", name, nanos[SLICES / 2], nanos[0], nanos[SLICES - 1]);
    }

    private static void setUp(Object benchmark) throws ReflectiveOperationException {
        for (var method : benchmark.getClass().getDeclaredMethods()) {
            if (method.isAnnotationPresent(Setup.class)) {
                method.invoke(benchmark);
            }
        }
    }

    private static void rate(String name, ToLongFunction<ByteRate> operation) {
        ByteRate one = new ByteRate();
        sink += operation.applyAsLong(one);
        long bytes = one.bytes;
        double[] nanos = nanos(operation, one);
        System.out.printf(
                "%s: median %.2f GB/s (%.2f to %.2f)%n",
                name, bytes / nanos[SLICES / 2], bytes / nanos[SLICES - 1], bytes / nanos[0]);
    }

    /** Nanoseconds per operation, one figure per slice, the least first. */
    private static double[] nanos(ToLongFunction<ByteRate> operation, ByteRate bytes) {
        double[] nanos = new double[SLICES];
        for (int slice = -WARM_UP; slice < SLICES; slice++) {
            long start = THREADS.getCurrentThreadCpuTime();
            long used = 0;
            long operations = 0;
            while (used < SLICE_NANOS) {
                for (int i = 0; i < 20; i++) {
                    sink += operation.applyAsLong(bytes);
                }
                operations += 20;
                used = THREADS.getCurrentThreadCpuTime() - start;
            }
            nanos[Math.max(0, slice)] = used / (double) operations;
        }
        Arrays.sort(nanos);
        return nanos;
    }
}
