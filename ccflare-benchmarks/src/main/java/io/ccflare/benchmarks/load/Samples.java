package io.ccflare.benchmarks.load;

import java.util.Arrays;
import java.util.List;

/** Durations in nanoseconds, all kept, so that a quantile is one of them and not an estimate. Not thread-safe. */
final class Samples {

    private long[] values = new long[1 << 12];
    private int count;
    private boolean sorted;

    void add(long nanos) {
        if (count == values.length) {
            values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = nanos;
        sorted = false;
    }

    int count() {
        return count;
    }

    /** The smallest sample that at least this share of all does not exceed, in microseconds; NaN when there are none. */
    double micros(double share) {
        if (count == 0) {
            return Double.NaN;
        }
        if (!sorted) {
            Arrays.sort(values, 0, count);
            sorted = true;
        }
        int rank = (int) Math.ceil(share * count);
        return values[Math.max(0, rank - 1)] / 1000.0;
    }

    static double median(List<Double> numbers) {
        double[] sorted =
                numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
