package io.ccflare.core.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.ResponseReader.State;
import io.ccflare.api.provider.Route;
import io.ccflare.api.record.Usage;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentReaderTest {

    private static final AnthropicProvider PROVIDER = new AnthropicProvider();
    private static final Route MESSAGES = PROVIDER.routes().get(0);
    private static final String MESSAGE =
            "{\"id\":\"msg_1\",\"type\":\"message\",\"model\":\"claude-haiku-5-5\",\"content\":["
                    + "{\"type\":\"text\",\"text\":\"\\\"usage\\\":{\\\"input_tokens\\\":99}\"},{\"model\":\"no\",\"usage\":{\"input_tokens\":98}}],"
                    + "\"stop_reason\":\"max_tokens\",\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":20,"
                    + "\"cache_creation_input_tokens\":7,\"cache_creation\":{\"ephemeral_5m_input_tokens\":3,"
                    + "\"ephemeral_1h_input_tokens\":4},\"output_tokens\":30,\"output_tokens_details\":{\"thinking_tokens\":8},"
                    + "\"server_tool_use\":{\"web_search_requests\":1},\"service_tier\":\"batch\",\"speed\":null}}";
    private static final Usage USAGE = new Usage(10, 20, 3, 4, 30, 8, 1, "batch", null, null);

    @Test
    void aDocumentIsReadAlikeWhereverItIsSplitAndCommitsWithItsFirstByte() {
        byte[] bytes = MESSAGE.getBytes(UTF_8);
        for (int split = 0; split <= bytes.length; split++) {
            ResponseReader reader = reader();
            assertThat(reader.read(ByteBuffer.wrap(bytes, 0, split)))
                    .isEqualTo(split == 0 ? State.HOLD : State.COMMITTED);
            reader.read(ByteBuffer.wrap(bytes, split, bytes.length - split).asReadOnlyBuffer());
            assertThat(reader.usageFinal()).as("before the end").isFalse();
            reader.end();
            assertWhole(reader);
        }
    }

    @Test
    void anEncodedDocumentIsReadThroughWhicheverWayItIsSplit() {
        byte[] bytes = Gzip.compress(MESSAGE.getBytes(UTF_8));
        for (int split = 0; split <= bytes.length; split++) {
            ResponseReader reader = reader("content-encoding", "gzip");
            reader.read(ByteBuffer.wrap(bytes, 0, split));
            reader.read(ByteBuffer.wrap(bytes, split, bytes.length - split));
            reader.end();
            assertWhole(reader);
        }
    }

    @Test
    void aDocumentThatStopsShortIsNotWholeAndItsUsageNotFinal() {
        byte[] bytes = MESSAGE.getBytes(UTF_8);
        for (int length = 0; length < bytes.length; length++) {
            ResponseReader reader = reader();
            reader.read(ByteBuffer.wrap(bytes, 0, length));
            reader.end();
            assertThat(reader.whole()).isFalse();
            assertThat(reader.usageFinal()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"not json, true", "{\"a\":1}}, true", "'', false", "{\"a\":], true", "{\"a\":1, false"})
    void onlyWhatStopsShortIsNotWhole(String body, boolean whole) {
        ResponseReader reader = reader();
        reader.read(ByteBuffer.wrap(body.getBytes(UTF_8)));
        reader.end();

        assertThat(reader.whole()).isEqualTo(whole);
        assertThat(reader.usage()).isNull();
        assertThat(reader.usageFinal()).isFalse();
        assertThat(reader.error()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "messages, application/octet-stream, 200",
        "messages, application/json, 400",
        "count_tokens, application/json, 200",
        "files, application/json, 200"
    })
    void whatTellsNoUsagePassesUnread(String routeName, String type, int status) {
        Route route = PROVIDER.routes().stream()
                .filter(candidate -> candidate.name().equals(routeName))
                .findFirst()
                .orElseThrow();
        ResponseReader reader = PROVIDER.reader(route, false, status, Headers.of("content-type", type));

        assertThat(reader.read(ByteBuffer.allocate(0))).isEqualTo(State.HOLD);
        assertThat(reader.read(ByteBuffer.wrap(MESSAGE.getBytes(UTF_8)))).isEqualTo(State.COMMITTED);
        reader.end();
        assertThat(reader.whole()).isTrue();
        assertThat(reader.usage()).isNull();
    }

    private static void assertWhole(ResponseReader reader) {
        assertThat(reader.whole()).isTrue();
        assertThat(reader.usage()).isEqualTo(USAGE);
        assertThat(reader.usageFinal()).isTrue();
        assertThat(reader.model()).isEqualTo("claude-haiku-5-5");
        assertThat(reader.stopReason()).isEqualTo("max_tokens");
        assertThat(reader.betweenEvents()).isFalse();
    }

    private static ResponseReader reader(String... headers) {
        return PROVIDER.reader(
                MESSAGES,
                true,
                200,
                Headers.of(headers).toBuilder()
                        .add("content-type", "application/json")
                        .build());
    }
}
