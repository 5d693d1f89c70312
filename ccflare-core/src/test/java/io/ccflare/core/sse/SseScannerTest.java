package io.ccflare.core.sse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.ccflare.core.json.JsonPaths;
import io.ccflare.core.json.JsonScanner;
import io.ccflare.core.json.JsonSink;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SseScannerTest {

    private static final String[] NAMES = {"message_start", "message_delta", "ping"};
    private static final String[] LINES = {
        "event: message_start",
        "event:message_start",
        "event: message_delta",
        "event: ping",
        "event: unheard_of",
        "event:",
        "event",
        "event:  ping",
        "event: message_start_and_more",
        "data: {\"type\":\"x\"}",
        "data:{}",
        "data:",
        "data",
        "data: ",
        "data:  two spaces",
        "data: [DONE]",
        "data: 0123456789012345678901234567890123456789",
        "dat: no",
        "datax: no",
        "Data: no",
        "events: no",
        ": comment",
        ":",
        ": event: ping",
        "id: 7",
        "retry: 100",
        " data: no",
        "data : no",
        "garbage",
        "\u00ef\u00bb\u00bfdata: no",
        "data: h\u00c3\u00a9\u0000"
    };
    private static final String[] ENDS = {"\n", "\n", "\n", "\r\n", "\r"};

    @Test
    void events_are_those_of_the_standard_wherever_the_stream_is_cut() {
        for (int seed = 0; seed < 1500; seed++) {
            Random random = new Random(seed);
            String stream = stream(random);
            List<String> expected = ReferenceSse.parse(stream).stream()
                    .map(event -> nameId(event.name()) + " " + event.data())
                    .toList();
            for (int cut = 0; cut <= stream.length(); cut++) {
                Recorder recorder = Recorder.ofAll();
                recorder.feed(stream, random, cut);
                assertThat(recorder.events).as("seed %d cut %d", seed, cut).isEqualTo(expected);
                assertThat(recorder.scanner.events()).isEqualTo(expected.size());
            }
            Recorder recorder = Recorder.ofAll();
            for (int i = 0; i < stream.length(); i++) {
                recorder.feed(stream.substring(i, i + 1), random, 0);
            }
            assertThat(recorder.events).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void the_boundary_between_events_is_known_after_every_byte() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            String stream = stream(random);
            Recorder recorder = Recorder.ofAll();
            for (int i = 0; i < stream.length(); i++) {
                recorder.feed(stream.substring(i, i + 1), random, 0);
                String soFar = stream.substring(0, i + 1);
                if (!isPartOfByteOrderMark(soFar)) {
                    assertThat(recorder.scanner.atEventBoundary())
                            .as("seed %d after %s", seed, soFar)
                            .isEqualTo(ReferenceSse.endsAtBoundary(soFar));
                }
            }
        }
    }

    @Test
    void only_wanted_events_are_handed_over_and_all_are_counted() {
        Recorder recorder = new Recorder(Set.of(1));
        recorder.feed(
                "event: message_start\ndata: a\n\nevent: message_delta\ndata: b\ndata: c\n\ndata: d\n\n",
                new Random(1),
                0);

        assertThat(recorder.events).containsExactly("0 missed", "1 b\nc", "-1 missed");
        assertThat(recorder.scanner.events()).isEqualTo(3);
    }

    @Test
    void an_event_named_after_its_data_is_whole_if_unnamed_ones_are_wanted() {
        Recorder recorder = new Recorder(Set.of(SseSink.UNNAMED, 1));
        recorder.feed("data: a\nevent: message_delta\ndata: b\n\n", new Random(1), 0);

        assertThat(recorder.events).containsExactly("1 a\nb");
    }

    @Test
    void an_event_named_after_its_data_is_marked_if_some_of_it_was_missed() {
        Recorder recorder = new Recorder(Set.of(1));
        recorder.feed("data: a\nevent: message_delta\ndata: b\n\n", new Random(1), 0);
        assertThat(recorder.events).containsExactly("1 \nb missed");

        Recorder dropping = new Recorder(Set.of(SseSink.UNNAMED));
        dropping.feed("data: a\nevent: message_delta\ndata: b\n\n", new Random(1), 0);
        assertThat(dropping.events).containsExactly("1 a missed");
    }

    @Test
    void an_event_that_the_stream_cuts_short_is_not_reported_and_leaves_the_scanner_inside() {
        Recorder recorder = Recorder.ofAll();
        recorder.feed("event: ping\ndata: {}\n", new Random(1), 0);

        assertThat(recorder.events).isEmpty();
        assertThat(recorder.scanner.atEventBoundary()).isFalse();
    }

    @Test
    void an_event_without_usage_costs_no_allocation() {
        byte[] event = ("event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                        + "\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello \\u00e9\"}}\r\n\r\n"
                        + "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":null}\n\n: keep-alive\n\n")
                .getBytes(ISO_8859_1);
        ByteBuffer[] segments = {
            ByteBuffer.wrap(event),
            ByteBuffer.wrap(event).asReadOnlyBuffer(),
            ByteBuffer.allocateDirect(event.length).put(event).flip()
        };
        JsonScanner json = new JsonScanner(JsonPaths.of("usage", "usage.prompt_tokens"), 64, new JsonSink() {});
        SseScanner scanner = new SseScanner(new JsonOfUnnamedEvents(json), NAMES);
        feedMany(scanner, segments, 20_000);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        feedMany(scanner, segments, 20_000);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(scanner.events()).isEqualTo(2L * 2 * 20_000 * segments.length);
        assertThat((double) allocated / 20_000).as("bytes per event").isLessThan(0.5);
    }

    private static void feedMany(SseScanner scanner, ByteBuffer[] segments, int times) {
        for (int i = 0; i < times; i++) {
            for (ByteBuffer segment : segments) {
                scanner.feed(segment);
            }
        }
    }

    private static String stream(Random random) {
        StringBuilder stream = new StringBuilder(random.nextInt(5) == 0 ? "\u00ef\u00bb\u00bf" : "");
        boolean mixed = random.nextBoolean();
        String end = ENDS[random.nextInt(ENDS.length)];
        for (int i = random.nextInt(16); i > 0; i--) {
            stream.append(random.nextInt(3) == 0 ? "" : LINES[random.nextInt(LINES.length)])
                    .append(mixed ? ENDS[random.nextInt(ENDS.length)] : end);
        }
        return stream.append(random.nextInt(3) == 0 ? "data: cut" : "").toString();
    }

    private static boolean isPartOfByteOrderMark(String stream) {
        return stream.length() < 3 && "\u00ef\u00bb\u00bf".startsWith(stream);
    }

    private static int nameId(String name) {
        int known = Arrays.asList(NAMES).indexOf(name);
        return known >= 0 ? known : name.isEmpty() ? SseSink.UNNAMED : SseSink.OTHER;
    }

    private record JsonOfUnnamedEvents(JsonScanner json) implements SseSink {

        @Override
        public boolean wants(int name) {
            json.reset();
            return name == UNNAMED;
        }

        @Override
        public void data(byte[] bytes, int from, int to) {
            json.feed(bytes, from, to);
        }

        @Override
        public void end(int name, boolean whole) {
            if (name == UNNAMED && json.finish() != JsonScanner.Result.COMPLETE) {
                throw new AssertionError("the data did not come through as sent");
            }
        }
    }

    private static final class Recorder implements SseSink {

        private final Set<Integer> wanted;
        private final StringBuilder data = new StringBuilder();
        private final List<String> events = new ArrayList<>();
        private final SseScanner scanner = new SseScanner(this, NAMES);

        Recorder(Set<Integer> wanted) {
            this.wanted = wanted;
        }

        static Recorder ofAll() {
            return new Recorder(Set.of(UNNAMED, OTHER, 0, 1, 2));
        }

        void feed(String stream, Random random, int cut) {
            for (String part : List.of(stream.substring(0, cut), stream.substring(cut))) {
                byte[] bytes = part.getBytes(ISO_8859_1);
                ByteBuffer segment = random.nextBoolean()
                        ? ByteBuffer.wrap(bytes)
                        : ByteBuffer.wrap(bytes).asReadOnlyBuffer();
                scanner.feed(segment);
                assertThat(segment.remaining()).isEqualTo(bytes.length);
            }
        }

        @Override
        public boolean wants(int name) {
            return wanted.contains(name);
        }

        @Override
        public void data(byte[] bytes, int from, int to) {
            data.append(new String(bytes, from, to - from, ISO_8859_1));
        }

        @Override
        public void end(int name, boolean whole) {
            String text = data.isEmpty() && !whole ? "" : " " + data;
            events.add(name + text + (whole ? "" : " missed"));
            data.setLength(0);
        }
    }
}
