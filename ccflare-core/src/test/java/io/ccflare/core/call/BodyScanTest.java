package io.ccflare.core.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BodyScanTest {

    private static final JsonMapper JACKSON = JsonMapper.builder().build();

    @Test
    void itReadsWhatJacksonReadsHoweverTheBodyIsSplit() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            String body = new Bodies(random).body();
            JsonNode tree = JACKSON.readTree(body);
            BodyScan scan = BodyScan.of(split(body, random), true);
            assertThat(scan.model()).as("seed %d: %s", seed, body).isEqualTo(text(tree.path("model")));
            assertThat(scan.stream())
                    .as("seed %d: %s", seed, body)
                    .isEqualTo(tree.path("stream").asBoolean(false));
            assertThat(scan.userId())
                    .as("seed %d: %s", seed, body)
                    .isEqualTo(text(tree.path("metadata").path("user_id")));
        }
    }

    @Test
    void theBeginningIsTheSameHoweverTheBodyIsSplit() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            String body = new Bodies(random).body();
            byte[] whole = BodyScan.of(List.of(ByteBuffer.wrap(body.getBytes(UTF_8))), true)
                    .beginning(0);
            byte[] split = BodyScan.of(split(body, random), true).beginning(0);
            assertThat(split).as("seed %d: %s", seed, body).isEqualTo(whole);
            assertThat(whole != null)
                    .as("seed %d: %s", seed, body)
                    .isEqualTo(firstUserMessage(JACKSON.readTree(body)) != null);
        }
    }

    @Test
    void theBeginningDependsOnSystemAndFirstUserTextAlone() {
        String first = beginning("{'system':'S','messages':[{'role':'user','content':'hello'}]}");
        assertThat(first).isNotNull();
        assertThat(
                        beginning(
                                "{'model':'m','system':'S','messages':[{'content':'hello','role':'user'},{'role':'assistant','content':'x'}]}"))
                .isEqualTo(first);
        assertThat(
                        beginning(
                                "{'messages':[{'role':'assistant','content':'x'},{'role':'user','content':'hello'},{'role':'user','content':'y'}],'system':'S'}"))
                .isEqualTo(first);
        assertThat(beginning("{'system':'T','messages':[{'role':'user','content':'hello'}]}"))
                .isNotEqualTo(first);
        assertThat(beginning("{'system':'S','messages':[{'role':'user','content':'hallo'}]}"))
                .isNotEqualTo(first);
        assertThat(beginning("{'system':'Sh','messages':[{'role':'user','content':'ello'}]}"))
                .isNotEqualTo(first);
    }

    @Test
    void cacheMarksDoNotChangeTheBeginning() {
        String plain = beginning(
                "{'system':[{'type':'text','text':'S'}],'messages':[{'role':'user','content':[{'type':'text','text':'hi'}]}]}");
        String marked = beginning(
                "{'system':[{'type':'text','text':'S','cache_control':{'type':'ephemeral'}}],"
                        + "'messages':[{'role':'user','content':[{'cache_control':{'type':'ephemeral'},'type':'text','text':'hi'}]}]}");
        assertThat(marked).isNotNull().isEqualTo(plain);
    }

    @Test
    void aShortOrMissingBeginningIsNone() {
        String body = "{'system':'1234','messages':[{'role':'user','content':'5678'}]}".replace('\'', '"');
        BodyScan scan = BodyScan.of(List.of(ByteBuffer.wrap(body.getBytes(UTF_8))), true);
        assertThat(scan.beginning(12)).isNotNull();
        assertThat(scan.beginning(13)).isNull();
        assertThat(beginning("{'system':'S','messages':[{'role':'assistant','content':'x'}]}"))
                .isNull();
        assertThat(beginning("{'system':'S'}")).isNull();
    }

    @Test
    void aBodyThatIsDamagedTellsWhatCameBefore() {
        BodyScan scan =
                BodyScan.of(List.of(ByteBuffer.wrap("{\"model\":\"m\",\"stream\":true,,".getBytes(UTF_8))), true);
        assertThat(scan.model()).isEqualTo("m");
        assertThat(scan.stream()).isTrue();
        assertThat(scan.beginning(0)).isNull();
    }

    @Test
    void aModelOfUnreasonableLengthIsNone() {
        String body = "{\"model\":\"" + "m".repeat(5000) + "\"}";
        assertThat(BodyScan.of(List.of(ByteBuffer.wrap(body.getBytes(UTF_8))), false)
                        .model())
                .isNull();
    }

    @Test
    void theBuffersStayAsTheyAre() {
        ByteBuffer buffer = ByteBuffer.wrap("  {\"model\":\"m\"}  ".getBytes(UTF_8))
                .position(2)
                .limit(15)
                .asReadOnlyBuffer();
        assertThat(BodyScan.of(List.of(buffer), true).model()).isEqualTo("m");
        assertThat(buffer.position()).isEqualTo(2);
        assertThat(buffer.limit()).isEqualTo(15);
    }

    private static @Nullable String beginning(String body) {
        byte[] digest = BodyScan.of(
                        List.of(ByteBuffer.wrap(body.replace('\'', '"').getBytes(UTF_8))), true)
                .beginning(0);
        return digest == null ? null : java.util.HexFormat.of().formatHex(digest);
    }

    private static @Nullable String text(JsonNode node) {
        return node.isString() ? node.stringValue() : null;
    }

    private static @Nullable JsonNode firstUserMessage(JsonNode tree) {
        for (JsonNode message : tree.path("messages")) {
            if ("user".equals(text(message.path("role")))) {
                return message;
            }
        }
        return null;
    }

    private static List<ByteBuffer> split(String body, Random random) {
        byte[] bytes = body.getBytes(UTF_8);
        List<ByteBuffer> parts = new ArrayList<>();
        int largest = 1 + random.nextInt(40);
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, random.nextInt(largest + 1));
            ByteBuffer part = ByteBuffer.wrap(bytes, from, length).slice();
            parts.add(random.nextBoolean() ? part : part.asReadOnlyBuffer());
            from += length;
        }
        return parts;
    }

    /** Writes requests in the shapes that clients send them in, fields in any order. */
    private static final class Bodies {

        private static final String[] TEXTS = {
            "",
            "hi",
            "a \\\"quoted\\\" word",
            "ümläut",
            "\\u00e9\\ud83d\\ude00",
            "line\\nline",
            "{\\\"role\\\":\\\"user\\\"}",
            "😀",
            "x]}[{"
        };

        private final Random random;

        Bodies(Random random) {
            this.random = random;
        }

        String body() {
            List<String> fields = new ArrayList<>();
            maybe(fields, "\"model\":" + string());
            maybe(fields, "\"stream\":" + random.nextBoolean());
            maybe(fields, "\"max_tokens\":" + random.nextInt(9999));
            maybe(fields, "\"metadata\":{\"x\":{\"user_id\":\"no\"},\"user_id\":" + string() + "}");
            maybe(fields, "\"tools\":[{\"name\":\"t\",\"model\":\"no\",\"input_schema\":{\"stream\":true}}]");
            maybe(fields, "\"system\":" + content());
            maybe(fields, "\"messages\":" + messages());
            java.util.Collections.shuffle(fields, random);
            return "{" + String.join(random.nextBoolean() ? "," : " ,\n ", fields) + "}";
        }

        private void maybe(List<String> fields, String field) {
            if (random.nextInt(5) > 0) {
                fields.add(field);
            }
        }

        private String messages() {
            List<String> messages = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                String role = "\"role\":\"" + (random.nextInt(3) > 0 ? "user" : "assistant") + "\"";
                String content = "\"content\":" + content();
                messages.add(
                        random.nextBoolean() ? "{" + role + "," + content + "}" : "{" + content + ", " + role + "}");
            }
            return "[" + String.join(",", messages) + "]";
        }

        private String content() {
            if (random.nextBoolean()) {
                return string();
            }
            List<String> blocks = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                blocks.add(
                        random.nextInt(3) > 0
                                ? "{\"type\":\"text\",\"text\":" + string() + "}"
                                : "{\"type\":\"tool_result\",\"content\":[{\"text\":" + string()
                                        + ",\"role\":\"user\"}]}");
            }
            return "[" + String.join(",", blocks) + "]";
        }

        private String string() {
            StringBuilder text = new StringBuilder("\"");
            for (int i = random.nextInt(3); i >= 0; i--) {
                text.append(TEXTS[random.nextInt(TEXTS.length)]);
            }
            return text.append('"').toString();
        }
    }
}
