package io.ccflare.core.json;

import static io.ccflare.core.json.JsonScanner.Result.COMPLETE;
import static io.ccflare.core.json.JsonScanner.Result.INCOMPLETE;
import static io.ccflare.core.json.JsonScanner.Result.MALFORMED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScannerTest {

    private static final JsonPaths REQUEST = JsonPaths.of(
            "model", "stream", "metadata.user_id", "system!", "messages[]!", "messages[].role", "max_tokens");

    @Test
    void reads_what_the_gateway_needs_of_a_request() {
        Scan scan = scan(REQUEST, """
                {"model": "claude-x", "max_tokens": 1024, "system": [ {"type":"text"} ],
                 "messages": [{"content": "Hi", "role": "user"}, {"role":"assistant","content":[{"role":"no"}]}],
                 "tools": [{"model": "no", "stream": false}], "metadata": {"user_id": "u_1"}, "stream": true}""");

        assertThat(scan.result()).isEqualTo(COMPLETE);
        assertThat(scan.values())
                .containsExactly(
                        "0 string claude-x",
                        "6 integer 1024",
                        "3 raw [ {\"type\":\"text\"} ]",
                        "5 string user",
                        "4 raw {\"content\": \"Hi\", \"role\": \"user\"}",
                        "5 string assistant",
                        "4 raw {\"role\":\"assistant\",\"content\":[{\"role\":\"no\"}]}",
                        "2 string u_1",
                        "1 bool true");
    }

    @Test
    void every_occurrence_of_a_repeated_key_is_reported_in_order() {
        assertThat(scan(REQUEST, "{\"model\":\"first\",\"mod\\u0065l\":\"last\"}")
                        .values())
                .containsExactly("0 string first", "0 string last");
    }

    @Test
    void text_over_the_bound_is_cut_and_marked() {
        RecordedValues values = new RecordedValues();
        JsonScanner scanner = new JsonScanner(REQUEST, 20, values);

        Scan.feed(
                scanner,
                values,
                bytes("{\"model\":\"1234567890123456\\u0037890\",\"max_tokens\":1234567890123456789.5}"),
                ByteBuffer::wrap);
        assertThat(values.lines).containsExactly("0 string 12345678901234567890", "6 number 1234567890123456789....");

        values.lines.clear();
        scanner.reset();
        Scan.feed(scanner, values, bytes("{\"model\":\"12345678901234567890\\n\"}"), ByteBuffer::wrap);
        assertThat(values.lines).containsExactly("0 string 12345678901234567890...");
    }

    @Test
    void a_scanner_is_as_new_after_reset_wherever_it_was_stopped() {
        byte[] document =
                bytes("{\"model\":\"a\\ud83d\\ude00\",\"system\":[1.5e3,true],\"messages\":[{\"role\":\"user\"}]}");
        Scan expected = Scan.whole(REQUEST, document);
        RecordedValues values = new RecordedValues();
        JsonScanner scanner = new JsonScanner(REQUEST, Scan.PLENTY, values);
        for (int cut = 0; cut <= document.length; cut++) {
            scanner.feed(document, 0, cut);
            scanner.reset();
            values.forget();
            assertThat(Scan.feed(scanner, values, document, ByteBuffer::wrap))
                    .as("cut %d", cut)
                    .isEqualTo(expected);
            scanner.reset();
            values.forget();
        }
    }

    @Test
    void a_scanner_stopped_in_a_string_below_the_checked_depth_is_as_new_after_reset() {
        RecordedValues values = new RecordedValues();
        JsonScanner scanner = new JsonScanner(REQUEST, 20, values);
        String deep = "{\"x\":" + "[".repeat(2000);
        scanner.feed(ByteBuffer.wrap(bytes(deep + "\"cut")));
        scanner.reset();

        Scan scan = Scan.feed(scanner, values, bytes(deep + "]".repeat(2000) + ",\"model\":\"m\"}"), ByteBuffer::wrap);
        assertThat(scan.result()).isEqualTo(COMPLETE);
        assertThat(scan.values()).containsExactly("0 string m");
    }

    @Test
    void half_a_surrogate_pair_is_replaced_in_the_bytes_themselves() {
        byte[][] expected = {bytes("\ufffd"), bytes("\ufffda"), bytes("\ufffd"), bytes("\ufffd\ud83d\ude00")};
        String[] escaped = {"\\ude00", "\\ud83da", "\\ud83d", "\\ud83d\\ud83d\\ude00"};
        for (int i = 0; i < escaped.length; i++) {
            byte[] text = expected[i];
            boolean[] equal = {false};
            JsonScanner scanner = new JsonScanner(JsonPaths.of(""), 20, new JsonSink() {
                @Override
                public void string(int path, Utf8Text found) {
                    equal[0] = found.contentEquals(text);
                }
            });
            scanner.feed(ByteBuffer.wrap(bytes("\"" + escaped[i] + "\"")));
            assertThat(equal[0]).as(escaped[i]).isTrue();
        }
    }

    @Test
    void a_number_that_ends_with_the_document_is_reported_once() {
        RecordedValues values = new RecordedValues();
        JsonScanner scanner = new JsonScanner(JsonPaths.of("", "!"), 20, values);
        scanner.feed(ByteBuffer.wrap(bytes("-4")));
        scanner.feed(ByteBuffer.wrap(bytes("2")));
        assertThat(values.lines).isEmpty();

        assertThat(scanner.finish()).isEqualTo(COMPLETE);
        assertThat(scanner.finish()).isEqualTo(COMPLETE);
        assertThat(values.lines).containsExactly("0 integer -42", "1 raw -42");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " \n", "{", "[1,", "{\"a\"", "{\"a\":", "\"abc", "\"\\", "\"\\u12", "tru", "-", "1.", "1e", "1e+",
                "\u00ef"
            })
    void the_beginning_of_a_document_is_incomplete(String text) {
        byte[] document = text.equals("\u00ef") ? new byte[] {(byte) 0xef} : bytes(text);
        assertThat(Scan.whole(REQUEST, document).result()).isEqualTo(INCOMPLETE);
        assertThat(Scan.byteByByte(REQUEST, document).result()).isEqualTo(INCOMPLETE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}x",
                "{} {}",
                "[1}",
                "{\"a\":1]",
                "{\"a\" 1}",
                "{a:1}",
                "{\"a\":1,}",
                "[1,]",
                "[,1]",
                "{,}",
                "01",
                "-x",
                "1.x",
                ".5",
                "+1",
                "1e5.",
                "tRue",
                "nul}",
                "\"a\nb\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "'a'",
                "]",
                "}",
                "\ufeff\ufeff1",
                "1 \ufeff",
                "\u00a01",
                "NaN",
                "/**/1",
                "<html>"
            })
    void what_is_not_json_is_malformed(String text) {
        assertThat(Scan.whole(REQUEST, bytes(text)).result()).isEqualTo(MALFORMED);
        assertThat(Scan.byteByByte(REQUEST, bytes(text)).result()).isEqualTo(MALFORMED);
    }

    @Test
    void what_was_found_before_damage_stays_reported_and_nothing_comes_after_it() {
        Scan scan = scan(REQUEST, "{\"model\":\"m\",\"system\":{\"a\":oops},\"stream\":true}");

        assertThat(scan.result()).isEqualTo(MALFORMED);
        assertThat(scan.values()).containsExactly("0 string m");
        assertThat(scan.unfinishedRaws()).containsEntry(3, "{\"a\":".length());
    }

    @Test
    void nesting_of_any_depth_is_skipped_and_its_brackets_counted() {
        for (int depth : new int[] {1000, 1023, 1024, 1025, 1026, 5000, 1_000_000}) {
            String nested = "{\"x\":" + "[".repeat(depth) + "{\"a\":\"]\\\"}\"}" + "]".repeat(depth);
            assertThat(scan(REQUEST, nested + ",\"model\":\"m\"}"))
                    .as("depth %d", depth)
                    .satisfies(scan -> {
                        assertThat(scan.result()).isEqualTo(COMPLETE);
                        assertThat(scan.values()).containsExactly("0 string m");
                    });
            assertThat(scan(REQUEST, nested + "],\"model\":\"m\"}").result()).isEqualTo(MALFORMED);
            assertThat(scan(REQUEST, nested).result()).isEqualTo(INCOMPLETE);
        }
    }

    @Test
    void the_kind_of_brackets_is_checked_down_to_the_documented_depth_and_not_below() {
        int depth = Nesting.CHECKED_DEPTH;
        assertThat(scan(REQUEST, "[".repeat(depth) + "}" + "]".repeat(depth - 1))
                        .result())
                .isEqualTo(MALFORMED);
        assertThat(scan(REQUEST, "[".repeat(depth + 1) + "}" + "]".repeat(depth))
                        .result())
                .isEqualTo(COMPLETE);
        assertThat(scan(REQUEST, "[".repeat(depth + 1) + "\"\n\"" + "]".repeat(depth + 1))
                        .result())
                .isEqualTo(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {".a", "a.", "a..b", "a[", "a]", "a[]b", "[].", "a!b", "!!"})
    void a_path_that_is_not_well_formed_is_refused(String path) {
        assertThatThrownBy(() -> JsonPaths.of(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(path);
    }

    @Test
    void a_path_given_twice_is_refused() {
        assertThatThrownBy(() -> JsonPaths.of("a", "b", "a")).hasMessage("JSON path 'a' is given twice");
    }

    private static Scan scan(JsonPaths paths, String document) {
        return Scan.whole(paths, bytes(document));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
