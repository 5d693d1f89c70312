package io.ccflare.benchmarks.load;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An open loop: requests are due at even times, whether or not those before are answered, and their time counts from when they were due.
 * Each connection has every n-th of them.
 */
final class FixedRate implements LoadClient.Script {

    private final Samples samples = new Samples();
    private final ByteBuffer[] requests;
    private final long[] due;
    private final long interval;
    private final long measured;
    private final long end;
    private long answered;

    /** @param settling not measured, at the beginning */
    FixedRate(int perSecond, int connections, Duration settling, Duration time) {
        requests = new ByteBuffer[connections];
        due = new long[connections];
        interval = 1_000_000_000L / perSecond;
        long start = System.nanoTime() + connections * interval;
        for (int i = 0; i < connections; i++) {
            requests[i] = Requests.message(i, Wrk.BODY_BYTES);
            due[i] = start + (i - connections) * interval;
        }
        measured = start + settling.toNanos();
        end = measured + time.toNanos();
    }

    /** From when they were due to the end of the answer. */
    Samples samples() {
        return samples;
    }

    long answered() {
        return answered;
    }

    @Override
    public long due(int connection, long now) {
        due[connection] += interval * due.length;
        return due[connection];
    }

    @Override
    public @Nullable ByteBuffer next(int connection, long now) {
        return due[connection] < end ? requests[connection].duplicate() : null;
    }

    @Override
    public void ended(int connection, long now) {
        answered++;
        if (due[connection] >= measured) {
            samples.add(now - due[connection]);
        }
    }
}
