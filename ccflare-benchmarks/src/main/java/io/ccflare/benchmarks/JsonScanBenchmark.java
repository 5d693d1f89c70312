package io.ccflare.benchmarks;

import io.ccflare.core.json.JsonPaths;
import io.ccflare.core.json.JsonScanner;
import io.ccflare.core.json.JsonSink;
import io.ccflare.core.json.Utf8Text;
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

/** The intake scan of Messages requests, without hashing: what the gateway reads of a body, skipping the rest. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
public class JsonScanBenchmark {

    private static final JsonPaths PATHS =
            JsonPaths.of("model", "stream", "metadata.user_id", "system!", "messages[]!", "messages[].role");
    private static final int SEGMENT = 16 * 1024;

    @Param({"1000", "100000", "1000000"})
    public int size;

    @Param({"array", "read-only"})
    public String buffers;

    private final Found found = new Found();
    private final JsonScanner scanner = new JsonScanner(PATHS, 512, found);
    private ByteBuffer[] segments = {};
    private int length;

    @Setup
    public void write() {
        byte[] body = MessagesBody.ofSize(size);
        length = body.length;
        List<ByteBuffer> all = new ArrayList<>();
        for (int from = 0; from < body.length; from += SEGMENT) {
            ByteBuffer segment = ByteBuffer.wrap(Arrays.copyOfRange(body, from, Math.min(body.length, from + SEGMENT)));
            all.add(buffers.equals("array") ? segment : segment.asReadOnlyBuffer());
        }
        segments = all.toArray(ByteBuffer[]::new);
    }

    @Benchmark
    public long scan(ByteRate rate) {
        scanner.reset();
        for (ByteBuffer segment : segments) {
            scanner.feed(segment);
        }
        if (scanner.finish() != JsonScanner.Result.COMPLETE) {
            throw new IllegalStateException("the body is not whole");
        }
        rate.bytes += length;
        return found.sum;
    }

    private static final class Found implements JsonSink {

        private long sum;

        @Override
        public void string(int path, Utf8Text text) {
            sum += text.length();
        }

        @Override
        public void raw(int path, byte[] bytes, int from, int to) {
            sum += to - from;
        }
    }
}
