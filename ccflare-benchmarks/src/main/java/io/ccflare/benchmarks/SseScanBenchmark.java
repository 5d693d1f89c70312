package io.ccflare.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccflare.core.json.JsonPaths;
import io.ccflare.core.json.JsonScanner;
import io.ccflare.core.json.JsonSink;
import io.ccflare.core.sse.SseScanner;
import io.ccflare.core.sse.SseSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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

/** The side scan of a Messages stream of 500 events, of which the first and the last but one carry usage. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SseScanBenchmark {

    private static final int EVENTS = 500;
    private static final int SEGMENT = 16 * 1024;
    private static final JsonPaths USAGE =
            JsonPaths.of("message.usage.input_tokens", "message.usage.cache_read_input_tokens", "usage.output_tokens");

    /** How the stream arrives; read-only buffers as the JDK's HTTP client delivers them. */
    @Param({"16k", "event"})
    public String segments;

    private ByteBuffer[] stream = {};
    private int length;

    @Setup
    public void write() {
        List<byte[]> events = events();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        events.forEach(all::writeBytes);
        length = all.size();
        List<ByteBuffer> buffers = new ArrayList<>();
        if (segments.equals("event")) {
            events.forEach(event -> buffers.add(ByteBuffer.wrap(event).asReadOnlyBuffer()));
        } else {
            for (int from = 0; from < length; from += SEGMENT) {
                buffers.add(ByteBuffer.wrap(all.toByteArray(), from, Math.min(SEGMENT, length - from))
                        .slice()
                        .asReadOnlyBuffer());
            }
        }
        stream = buffers.toArray(ByteBuffer[]::new);
    }

    private static List<byte[]> events() {
        List<byte[]> events = new ArrayList<>();
        events.add(event(
                "message_start",
                "\"message\":{\"id\":\"msg_1\",\"role\":\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":25,"
                        + "\"cache_read_input_tokens\":9000,\"output_tokens\":1}}"));
        for (int i = 0; i < EVENTS - 3; i++) {
            events.add(event(
                    "content_block_delta",
                    "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" some words\\n\"}"));
        }
        events.add(
                event("message_delta", "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":1500}"));
        events.add(event("message_stop", "\"x\":0"));
        return events;
    }

    private static byte[] event(String type, String rest) {
        return ("event: " + type + "\ndata: {\"type\":\"" + type + "\"," + rest + "}\n\n").getBytes(UTF_8);
    }

    @Benchmark
    public long scan(Reader reader, ByteRate rate) {
        for (ByteBuffer segment : stream) {
            reader.scanner.feed(segment);
        }
        rate.bytes += length;
        return reader.tokens;
    }

    /** Reads usage out of the events that carry it; lives as long as its streams, one after the other. */
    @State(Scope.Thread)
    public static class Reader implements SseSink, JsonSink {

        private final JsonScanner json = new JsonScanner(USAGE, 64, this);
        private final SseScanner scanner = new SseScanner(this, "message_start", "message_delta");
        private long tokens;

        @Override
        public boolean wants(int name) {
            return name != OTHER;
        }

        @Override
        public void data(byte[] bytes, int from, int to) {
            json.feed(bytes, from, to);
        }

        @Override
        public void end(int name, boolean whole) {
            if (name >= 0) {
                if (json.finish() != JsonScanner.Result.COMPLETE) {
                    throw new IllegalStateException("an event with usage did not come through whole");
                }
                json.reset();
            }
        }

        @Override
        public void integer(int path, long value) {
            tokens += value;
        }
    }
}
