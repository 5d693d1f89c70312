package io.ccflare.core.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.ResponseReader.State;
import io.ccflare.api.provider.Route;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.record.Usage;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageStreamReaderTest {

    private static final AnthropicProvider PROVIDER = new AnthropicProvider();
    private static final Route MESSAGES = PROVIDER.routes().get(0);
    private static final Headers PLAIN = Headers.of("Content-Type", "text/event-stream; charset=utf-8");

    private static final String START = event(
            "message_start",
            "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
                    + "\"model\":\"claude-opus-5-5\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{"
                    + "\"input_tokens\":25,\"cache_creation_input_tokens\":700,\"cache_read_input_tokens\":9000,"
                    + "\"cache_creation\":{\"ephemeral_5m_input_tokens\":400,\"ephemeral_1h_input_tokens\":300},"
                    + "\"output_tokens\":1,\"service_tier\":\"standard\",\"inference_geo\":\"us\",\"speed\":\"fast\"}}}");
    private static final String PING = event("ping", "{\"type\": \"ping\"}");
    private static final String BLOCK = event(
            "content_block_start",
            "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
    private static final String HI = delta("{\"type\":\"text_delta\",\"text\":\"Hi \\ud83d\\ude00 \\\"usage\\\":{\"}");
    private static final String BLOCK_STOP =
            event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}");
    private static final String DELTA = event(
            "message_delta",
            "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{"
                    + "\"output_tokens\":15,\"output_tokens_details\":{\"thinking_tokens\":5},"
                    + "\"server_tool_use\":{\"web_search_requests\":2},"
                    + "\"iterations\":[{\"input_tokens\":77,\"output_tokens\":88}]}}");
    private static final String STOP = event("message_stop", "{\"type\":\"message_stop\"}");
    private static final String ERROR =
            event("error", "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}");
    private static final String STREAM = START + PING + BLOCK + HI + BLOCK_STOP + DELTA + STOP;
    private static final Usage USAGE = new Usage(25, 9000, 400, 300, 15, 5, 2, "standard", "fast", "us");

    @Test
    void aStreamIsReadAlikeWhereverItIsSplit() {
        byte[] bytes = STREAM.getBytes(UTF_8);
        int hold = (START + PING + BLOCK).getBytes(UTF_8).length;
        int content = (START + PING + BLOCK + HI).getBytes(UTF_8).length;
        for (int split = 0; split <= bytes.length; split++) {
            ResponseReader reader = reader(PLAIN);

            State first = reader.read(ByteBuffer.wrap(bytes, 0, split).slice());
            if (split <= hold) {
                assertThat(first).as("at %s", split).isEqualTo(State.HOLD);
            } else if (split >= content) {
                assertThat(first).as("at %s", split).isEqualTo(State.COMMITTED);
            }
            State second = reader.read(
                    ByteBuffer.wrap(bytes, split, bytes.length - split).asReadOnlyBuffer());

            assertThat(second).isEqualTo(State.COMMITTED);
            reader.end();
            assertWhole(reader);
        }
    }

    @Test
    void aStreamThatComesByteByByteIsReadAlike() {
        ResponseReader reader = reader(PLAIN);
        for (byte b : STREAM.getBytes(UTF_8)) {
            reader.read(ByteBuffer.wrap(new byte[] {b}));
        }
        reader.end();
        assertWhole(reader);
    }

    @Test
    void aBufferIsLeftAsItWas() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8192).position(3);
        buffer.put(STREAM.getBytes(UTF_8)).limit(buffer.position()).position(3);
        ByteBuffer before = buffer.duplicate();

        assertThat(reader(PLAIN).read(buffer)).isEqualTo(State.COMMITTED);
        assertThat(reader(Headers.of("content-type", "text/event-stream", "content-encoding", "gzip"))
                        .read(buffer))
                .isEqualTo(State.COMMITTED);

        assertThat(buffer.position()).isEqualTo(3);
        assertThat(buffer).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta','thinking':'Hm'}}",
                "{'type':'content_block_delta','index':0,'delta':{'type':'signature_delta','signature':'x'}}",
                "{'type':'content_block_delta','index':0,'delta':{'type':'input_json_delta','partial_json':''}}",
                "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'a'}}",
                "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':''}",
                "{'type':'content_block_start','index':0,'content_block':{'type':'tool_use','name':'x','input':{}}}",
                "{'type':'content_block_start','index':0,'content_block':{'type':'redacted_thinking','data':'x'}}",
                "{'type':'content_block_start','index':0,'content_block':{'type':'server_tool_use','name':'x'}}",
                "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':'a'}}",
                "{'type':'content_block_start','index':0,'content_block':{'type':'fallback'}}",
                "{'type':'content_block_stop','index':0}",
                "{'type':'message_delta','delta':{'stop_reason':'refusal'}}",
                "{'type':'message_stop'}",
                "{'type':'not_known_yet'}",
            })
    void contentAndWhatIsNotKnownCommits(String data) {
        String json = data.replace('\'', '"');
        String name = json.substring(9, json.indexOf('"', 9));

        assertThat(read(START + BLOCK + event(name, json))).isEqualTo(State.COMMITTED);
        assertThat(read("data: " + json + "\n\n")).as("without a name").isEqualTo(State.COMMITTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':''}}",
                "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta','thinking':''}}",
                "{'type':'content_block_start','index':0,'content_block':{'type':'thinking','thinking':'','signature':''}}",
                "{'type':'content_block_start','index':0,'content_block':{'text':'','type':'text','citations':null}}",
                "{'type':'ping'}",
                "{'type':'message_start','message':{'usage':{}}}",
                "{'type':'message_start','message':",
            })
    void whatACallerWouldNotMissIsHeldBack(String data) {
        String json = data.replace('\'', '"');
        String name = json.substring(9, json.indexOf('"', 9));

        assertThat(read(": comment\n\n" + START + BLOCK + event(name, json))).isEqualTo(State.HOLD);
    }

    @Test
    void anErrorBeforeContentFailsTheResponse() {
        ResponseReader reader = reader(PLAIN);

        assertThat(reader.read(bytes(START + PING + BLOCK + ERROR))).isEqualTo(State.FAILED);
        assertThat(reader.error()).isEqualTo(new UpstreamError("overloaded_error", "Overloaded", null));
        assertThat(reader.read(bytes(HI))).isEqualTo(State.FAILED);
        reader.end();
        assertThat(reader.whole()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event: error\ndata: {oops\n\n", "event: error\ndata: [1,2]\n\n"})
    void anErrorThatCannotBeReadIsOneAllTheSame(String event) {
        ResponseReader reader = reader(PLAIN);

        assertThat(reader.read(bytes(event))).isEqualTo(State.FAILED);
        assertThat(reader.error()).isEqualTo(new UpstreamError("", null, null));
    }

    @Test
    void anErrorWithoutAnEventNameIsKnownByItsType() {
        assertThat(read(ERROR.replace("event: error\n", ""))).isEqualTo(State.FAILED);
    }

    @Test
    void anErrorAfterContentIsToldAndTheStreamIsNotWhole() {
        ResponseReader reader = reader(PLAIN);

        assertThat(reader.read(bytes(START + BLOCK + HI + ERROR))).isEqualTo(State.COMMITTED);
        reader.end();

        assertThat(reader.error()).isNotNull();
        assertThat(reader.whole()).isFalse();
        assertThat(reader.usage()).isEqualTo(new Usage(25, 9000, 400, 300, 1, 0, 0, "standard", "fast", "us"));
        assertThat(reader.usageFinal()).isFalse();
    }

    @Test
    void aStreamWithoutItsLastEventIsNotWholeThoughItsUsageMayBeFinal() {
        ResponseReader reader = reader(PLAIN);
        reader.read(bytes(STREAM.substring(0, STREAM.length() - 1)));
        reader.end();

        assertThat(reader.whole()).isFalse();
        assertThat(reader.usageFinal()).isTrue();
        assertThat(reader.usage()).isEqualTo(USAGE);
    }

    @Test
    void laterCountsReplaceEarlierOnesAndAreNeverAdded() {
        ResponseReader reader = reader(PLAIN);
        reader.read(bytes(START
                + event(
                        "message_delta",
                        "{\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"input_tokens\":90,\"output_tokens\":7,"
                                + "\"cache_creation_input_tokens\":1000,\"cache_read_input_tokens\":9500}}")
                + event("message_delta", "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"}}")
                + event("message_delta", "{\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":9}}")));

        assertThat(reader.usage()).isEqualTo(new Usage(90, 9500, 700, 300, 9, 0, 0, "standard", "fast", "us"));
        assertThat(reader.stopReason()).isEqualTo("tool_use");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"cache_creation_input_tokens\":70', 70, 0",
        "'\"cache_creation\":{\"ephemeral_5m_input_tokens\":4,\"ephemeral_1h_input_tokens\":3}', 4, 3",
        "'\"cache_creation_input_tokens\":5,\"cache_creation\":{\"ephemeral_1h_input_tokens\":9}', 0, 5",
        "'\"cache_creation_input_tokens\":null', 0, 0",
        "'\"cache_creation_input_tokens\":-4', 0, 0",
        "'\"cache_creation_input_tokens\":1e3', 0, 0",
        "'\"cache_creation_input_tokens\":9223372036854775807', 0, 0"
    })
    void cacheWritesAreSplitAsFarAsTold(String fields, long write5m, long write1h) {
        ResponseReader reader = reader(PLAIN);
        reader.read(bytes(event(
                "message_start", "{\"message\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":1," + fields + "}}}")));

        assertThat(reader.usage()).isEqualTo(Usage.tokens(1, 0, write5m, write1h, 1));
    }

    @Test
    void betweenEventsIsWhereNoEventIsOpenInAnUnencodedStream() {
        ResponseReader reader = reader(PLAIN);
        assertThat(reader.betweenEvents()).isTrue();
        reader.read(bytes(START));
        assertThat(reader.betweenEvents()).isTrue();
        reader.read(bytes("event: ping\n"));
        assertThat(reader.betweenEvents()).isFalse();
        reader.read(bytes("data: {}\n"));
        assertThat(reader.betweenEvents()).isFalse();
        reader.read(bytes("\n"));
        assertThat(reader.betweenEvents()).isTrue();

        assertThat(reader(Headers.of("content-type", "text/event-stream", "content-encoding", "gzip"))
                        .betweenEvents())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "X-GZIP", "deflate", "bare deflate", "nothing"})
    void anEncodedStreamIsReadAlikeWhereverItIsSplit(String coding) {
        byte[] plain = STREAM.getBytes(UTF_8);
        byte[] encoded = switch (coding) {
            case "deflate" -> Gzip.zlib(plain);
            case "bare deflate" -> Gzip.bareDeflate(plain);
            default -> Gzip.compress(plain);
        };
        Headers headers = coding.equals("nothing")
                ? PLAIN
                : Headers.of("content-type", "text/event-stream", "content-encoding", coding.replace("bare ", ""));
        for (int split = 0; split <= encoded.length; split++) {
            ResponseReader reader = reader(headers);
            reader.read(ByteBuffer.wrap(encoded, 0, split).asReadOnlyBuffer());
            assertThat(reader.read(ByteBuffer.wrap(encoded, split, encoded.length - split)))
                    .isEqualTo(State.COMMITTED);
            reader.end();
            assertThat(reader.whole()).isTrue();
            assertThat(reader.usage()).isEqualTo(USAGE);
            assertThat(reader.usageFinal()).isTrue();
            assertThat(reader.betweenEvents()).isFalse();
        }
    }

    @Test
    void anEncodedStreamThatStopsShortIsNotWhole() {
        byte[] encoded = Gzip.compress(STREAM.getBytes(UTF_8));
        ResponseReader reader = reader(Headers.of("content-type", "text/event-stream", "content-encoding", "gzip"));
        reader.read(ByteBuffer.wrap(encoded, 0, encoded.length / 2));
        reader.end();

        assertThat(reader.whole()).isFalse();
        assertThat(reader.usageFinal()).isFalse();
    }

    @Test
    void damageInAnEncodedStreamNeverThrowsNorHoldsItBackForEver() {
        byte[] encoded = Gzip.compress(STREAM.getBytes(UTF_8));
        Random random = new Random(7);
        for (int round = 0; round < 3000; round++) {
            byte[] damaged = encoded.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            ResponseReader reader = reader(Headers.of("content-type", "text/event-stream", "content-encoding", "gzip"));
            int split = random.nextInt(damaged.length);
            reader.read(ByteBuffer.wrap(damaged, 0, split));
            reader.read(ByteBuffer.wrap(damaged, split, damaged.length - split));
            reader.end();
            reader.usage();
        }
        ResponseReader reader = reader(Headers.of("content-type", "text/event-stream", "content-encoding", "gzip"));
        assertThat(reader.read(bytes("no gzip"))).isEqualTo(State.COMMITTED);
        reader.end();
        assertThat(reader.whole()).as("nobody can say that it is not").isTrue();
        assertThat(reader.usage()).isNull();
    }

    @Test
    void anEncodingThatIsNotKnownPassesUnread() {
        ResponseReader reader = reader(Headers.of("content-type", "text/event-stream", "content-encoding", "br"));

        assertThat(reader.read(bytes(ERROR))).isEqualTo(State.COMMITTED);
        reader.end();
        assertThat(reader.whole()).isTrue();
        assertThat(reader.usage()).isNull();
        assertThat(reader.betweenEvents()).isFalse();
    }

    @Test
    void randomBytesNeverThrow() {
        Random random = new Random(11);
        for (int round = 0; round < 2000; round++) {
            byte[] garbage = STREAM.getBytes(UTF_8);
            for (int flips = random.nextInt(30); flips >= 0; flips--) {
                garbage[random.nextInt(garbage.length)] = (byte) random.nextInt(256);
            }
            ResponseReader reader = reader(PLAIN);
            reader.read(ByteBuffer.wrap(garbage));
            reader.end();
            reader.usage();
            reader.error();
        }
    }

    @Test
    void aStreamOfAnotherRouteHasNeitherUsageNorALastEvent() {
        Route sessions = PROVIDER.routes().stream()
                .filter(route -> route.name().equals("sessions"))
                .findFirst()
                .orElseThrow();
        ResponseReader reader = PROVIDER.reader(sessions, true, 200, PLAIN);

        assertThat(reader.read(bytes(event("session.status", "{}")))).isEqualTo(State.COMMITTED);
        reader.end();
        assertThat(reader.whole()).isTrue();
        assertThat(reader.usage()).isNull();
        assertThat(reader.betweenEvents()).isTrue();
    }

    @Test
    void eventsWithoutUsageAreReadWithoutAllocating() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ResponseReader reader = reader(PLAIN);
        byte[] bytes = (HI + PING + BLOCK_STOP + BLOCK).getBytes(UTF_8);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
        reader.read(bytes(START + HI));
        reader.read(buffer);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 5000; i++) {
            reader.read(buffer);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).as("bytes for 20,000 events").isLessThan(20_000);
    }

    private static void assertWhole(ResponseReader reader) {
        assertThat(reader.whole()).isTrue();
        assertThat(reader.usage()).isEqualTo(USAGE);
        assertThat(reader.usageFinal()).isTrue();
        assertThat(reader.error()).isNull();
        assertThat(reader.model()).isEqualTo("claude-opus-5-5");
        assertThat(reader.stopReason()).isEqualTo("end_turn");
        assertThat(reader.betweenEvents()).isTrue();
    }

    private static State read(String stream) {
        return reader(PLAIN).read(bytes(stream));
    }

    private static ResponseReader reader(Headers headers) {
        return PROVIDER.reader(MESSAGES, true, 200, headers);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static String event(String name, String data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }

    private static String delta(String delta) {
        return event("content_block_delta", "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":" + delta + "}");
    }
}
