package io.ccflare.benchmarks;

import io.ccflare.core.call.BodyScan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the gateway reads of a Messages request, with and without the digest that tells a conversation by its beginning. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
public class IntakeBenchmark {

    private static final int SEGMENT = 16 * 1024;

    @Param({"1000", "100000", "1000000"})
    public int size;

    @Param({"false", "true"})
    public boolean digest;

    private List<ByteBuffer> body = List.of();
    private int length;

    @Setup
    public void write() {
        byte[] bytes = MessagesBody.ofSize(size);
        length = bytes.length;
        List<ByteBuffer> segments = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += SEGMENT) {
            segments.add(ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + SEGMENT))));
        }
        body = segments;
    }

    @Benchmark
    public boolean scan(ByteRate rate) {
        BodyScan scan = BodyScan.of(body, digest);
        if (scan.model() == null) {
            throw new IllegalStateException("the body names no model");
        }
        rate.bytes += length;
        return scan.stream();
    }
}
