package io.ccflare.fake;

import static io.ccflare.fake.RawClient.BODY;
import static io.ccflare.fake.RawClient.PROMPT;
import static io.ccflare.fake.RawClient.STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.fake.RawClient.Received;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthyUpstreamTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private final FakeUpstream fake =
            FakeUpstream.builder().clock(InstantSource.fixed(NOW)).start();
    private final FakeAccount account = fake.account("sk-demo-a");

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void aMessageIsAnsweredInJsonWithTheModelAskedFor() throws Exception {
        Received received = RawClient.message(fake, "sk-demo-a", BODY);
        Map<?, ?> message = object(received.tail());
        assertThat(received.status()).isEqualTo(200);
        assertThat(message.get("type")).isEqualTo("message");
        assertThat(message.get("model")).isEqualTo("claude-sonnet-5-5");
        assertThat(message.get("stop_reason")).isEqualTo("end_turn");
        assertThat(message.get("id")).asString().startsWith("msg_01");
    }

    @Test
    void aStreamHasTheEventsInTheOrderOfTheApiAndOneChunkEach() throws IOException {
        fake.deltas(2);
        Received received = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(received.header("content-type")).containsExactly("text/event-stream; charset=utf-8");
        assertThat(received.events())
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "ping",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(received.endsWithLastChunk()).isTrue();
        assertThat(received.tail().split("\r\n")).hasSize(2 * 8 + 1);
    }

    @Test
    void streamAndJsonTellTheSameTextAndUsage() throws Exception {
        Map<?, ?> message = object(RawClient.message(fake, "sk-demo-a", BODY).tail());
        fake.account("sk-demo-b");
        String stream = new String(
                RawClient.message(fake, "sk-demo-b", STREAM.replace("\"stream\":true,", "\"stream\":true ,"))
                        .unchunked(),
                StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder();
        for (Map<?, ?> event : events(stream)) {
            if (event.get("delta") instanceof Map<?, ?> delta && delta.get("text") != null) {
                text.append(delta.get("text"));
            }
        }
        Map<?, ?> block = (Map<?, ?>) ((List<?>) message.get("content")).get(0);
        assertThat(text).hasToString((String) block.get("text"));
        Map<?, ?> last = events(stream).stream()
                .filter(e -> "message_delta".equals(e.get("type")))
                .findFirst()
                .orElseThrow();
        assertThat(((Map<?, ?>) last.get("usage")).get("output_tokens"))
                .isEqualTo(((Map<?, ?>) message.get("usage")).get("output_tokens"));
    }

    @Test
    void thePromptIsWrittenToTheCacheOnceAndReadAfterwardsPerOrganisation() throws Exception {
        Map<?, ?> first = usage(RawClient.message(fake, "sk-demo-a", BODY));
        Map<?, ?> second = usage(RawClient.message(fake, "sk-demo-a", BODY));
        assertThat(number(first, "cache_creation_input_tokens")).isPositive();
        assertThat(number(first, "cache_read_input_tokens")).isZero();
        assertThat(number(second, "cache_read_input_tokens")).isEqualTo(number(first, "cache_creation_input_tokens"));
        assertThat(number(second, "cache_creation_input_tokens")).isZero();
        fake.account("sk-demo-b");
        assertThat(number(usage(RawClient.message(fake, "sk-demo-b", BODY)), "cache_read_input_tokens"))
                .isZero();
        fake.account("sk-demo-c").organization("org-x");
        fake.account("sk-demo-d").organization("org-x");
        RawClient.message(fake, "sk-demo-c", BODY);
        assertThat(number(usage(RawClient.message(fake, "sk-demo-d", BODY)), "cache_read_input_tokens"))
                .isPositive();
    }

    @Test
    void aLongerConversationReadsItsBeginningFromTheCache() throws Exception {
        String more = BODY.replace(
                "}]",
                "},{\"role\":\"assistant\",\"content\":\"" + "long ".repeat(100) + "\"},{\"role\":\"user\","
                        + "\"content\":\"And tomorrow, in the mountains?\"}]");
        RawClient.message(fake, "sk-demo-a", BODY);
        Map<?, ?> usage = usage(RawClient.message(fake, "sk-demo-a", more));
        assertThat(number(usage, "cache_read_input_tokens")).isPositive();
        assertThat(number(usage, "cache_creation_input_tokens"))
                .isGreaterThan(number(usage, "cache_read_input_tokens"));
    }

    @Test
    void aForcedToolIsCalledWithAnInputThatFitsItsSchema() throws Exception {
        String tools = ",\"tools\":[{\"name\":\"get_weather\",\"input_schema\":{\"type\":\"object\",\"properties\":"
                + "{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"}}}}],\"tool_choice\":{\"type\":\"any\"}}";
        Map<?, ?> message = object(RawClient.message(fake, "sk-demo-a", BODY.substring(0, BODY.length() - 1) + tools)
                .tail());
        Map<?, ?> block = (Map<?, ?>) ((List<?>) message.get("content")).get(0);
        assertThat(message.get("stop_reason")).isEqualTo("tool_use");
        assertThat(block.get("name")).isEqualTo("get_weather");
        assertThat(block.get("input")).isEqualTo(Map.of("city", "Zürich", "days", new Json.Num("1")));
        Received stream = RawClient.message(fake, "sk-demo-a", STREAM.substring(0, STREAM.length() - 1) + tools);
        assertThat(stream.tail()).contains("input_json_delta").contains("\"stop_reason\":\"tool_use\"");
    }

    @Test
    void thinkingComesBeforeTheTextAndIsSigned() throws IOException {
        String thinking = ",\"thinking\":{\"type\":\"adaptive\"}}";
        Received stream = RawClient.message(fake, "sk-demo-a", STREAM.substring(0, STREAM.length() - 1) + thinking);
        assertThat(stream.tail())
                .containsSubsequence("thinking_delta", "signature_delta", "text_delta", "thinking_tokens");
    }

    @Test
    void aHealthyAnswerCarriesIdsAndLimitsByTheInjectedClock() throws IOException {
        account.organization("5c0ffee5-0000-4000-8000-000000000001");
        Received received = RawClient.message(fake, "sk-demo-a", BODY);
        assertThat(received.header("request-id").get(0)).startsWith("req_01");
        assertThat(received.header("anthropic-organization-id"))
                .containsExactly("5c0ffee5-0000-4000-8000-000000000001");
        for (String limit : List.of("requests", "input-tokens", "output-tokens", "tokens")) {
            assertThat(received.header("anthropic-ratelimit-" + limit + "-limit"))
                    .hasSize(1);
            assertThat(received.header("anthropic-ratelimit-" + limit + "-remaining"))
                    .hasSize(1);
            assertThat(received.header("anthropic-ratelimit-" + limit + "-reset"))
                    .containsExactly("2026-11-20T10:01:00Z");
        }
    }

    @Test
    void aSubscriptionGetsUnifiedHeadersInstead() throws IOException {
        account.subscription(true).utilization(0.42, 1.2);
        Received received = RawClient.message(fake, "sk-demo-a", BODY);
        assertThat(received.header("anthropic-ratelimit-unified-status")).containsExactly("allowed");
        assertThat(received.header("anthropic-ratelimit-unified-5h-utilization"))
                .containsExactly("0.42");
        assertThat(received.header("anthropic-ratelimit-unified-7d-utilization"))
                .containsExactly("1.20");
        assertThat(received.header("anthropic-ratelimit-unified-5h-reset"))
                .containsExactly(Long.toString(NOW.plusSeconds(5 * 3600).getEpochSecond()));
        assertThat(received.header("anthropic-ratelimit-requests-limit")).isEmpty();
    }

    @Test
    void anUnknownCredentialAndNoneAreRefusedUnlessAnyIsAccepted() throws IOException {
        Received unknown = RawClient.message(fake, "sk-nobody", BODY);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.tail()).contains("invalid x-api-key");
        assertThat(unknown.header("anthropic-organization-id")).isEmpty();
        try (FakeUpstream open = FakeUpstream.builder().acceptAnyKey().start()) {
            assertThat(RawClient.message(open, "sk-nobody", BODY).status()).isEqualTo(200);
            assertThat(open.account("sk-nobody").count()).isEqualTo(1);
        }
        Received none = RawClient.exchange(fake, "GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(none.status()).isEqualTo(401);
        assertThat(none.tail()).contains("x-api-key header is required");
    }

    @Test
    void aBearerTokenIsACredentialToo() throws IOException {
        String request = RawClient.post("/v1/messages", "", BODY, "Connection: close")
                .replace("x-api-key: ", "AUTHORIZATION: bearer sk-demo-a");
        assertThat(RawClient.exchange(fake, request).status()).isEqualTo(200);
        assertThat(account.count()).isEqualTo(1);
    }

    @Test
    void whatCameInIsRecordedAsItStoodOnTheWire() throws Exception {
        String request = RawClient.post(
                "/v1/messages?beta=true&x=%2F",
                "sk-demo-a", BODY, "X-Odd-CASE: a", "x-odd-case:  b ", "Connection: close");
        RawClient.exchange(fake, request);
        RecordedCall call = account.requests().get(0);
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.target()).isEqualTo("/v1/messages?beta=true&x=%2F");
        assertThat(call.headers())
                .extracting(HeaderField::name)
                .containsExactly("Host", "x-api-key", "Content-Length", "X-Odd-CASE", "x-odd-case", "Connection");
        assertThat(call.headerValues("x-odd-case")).containsExactly("a", "b");
        assertThat(call.bodyText()).isEqualTo(BODY);
        assertThat(call.bodySha256()).isEqualTo(sha256(BODY.getBytes(StandardCharsets.UTF_8)));
        assertThat(call.receivedAt()).isEqualTo(NOW);
        assertThat(call.toString()).doesNotContain("sk-demo-a");
    }

    @Test
    void whatWasSentIsRecordedByteForByte() throws Exception {
        Received received = RawClient.message(fake, "sk-demo-a", STREAM);
        RecordedCall call = fake.requests().get(0);
        assertThat(call.sentBody()).isEqualTo(received.unchunked());
        assertThat(call.sentSha256()).isEqualTo(sha256(received.unchunked()));
        assertThat(call.sentLength()).isEqualTo(received.unchunked().length);
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.ending()).isEqualTo(RecordedCall.Ending.COMPLETE);
    }

    @Test
    void tokensAreCountedAndModelsListed() throws Exception {
        String request = RawClient.post(
                "/v1/messages/count_tokens", "sk-demo-a", "{\"model\":\"m\"," + PROMPT + "}", "Connection: close");
        assertThat(object(RawClient.exchange(fake, request).tail()).get("input_tokens"))
                .isNotNull();
        assertThat(RawClient.get(fake, "sk-demo-a", "/v1/models?limit=1000").tail())
                .contains("\"data\":[{\"type\":\"model\"");
        assertThat(RawClient.get(fake, "sk-demo-a", "/v1/models/claude-opus-5-5")
                        .status())
                .isEqualTo(200);
        assertThat(RawClient.get(fake, "sk-demo-a", "/v1/models/gpt").status()).isEqualTo(404);
        assertThat(RawClient.get(fake, "sk-demo-a", "/v1/nothing").tail()).contains("not_found_error");
    }

    @Test
    void aBadBodyIsTheCallersFault() throws IOException {
        for (String body : List.of("{\"model\":", "[]", "{}", BODY.replace("max_tokens", "max"), "{\"a\":\"\\ud8\"}")) {
            Received received = RawClient.message(fake, "sk-demo-a", body);
            assertThat(received.status()).as(body).isEqualTo(400);
            assertThat(received.tail()).contains("invalid_request_error");
        }
        assertThat(RawClient.message(fake, "sk-demo-a", "[".repeat(5000)).tail())
                .contains("nested deeper");
    }

    @Test
    void aBatchBelongsToItsAccountFromCreationToResults() throws Exception {
        fake.account("sk-demo-b");
        String request = RawClient.post(
                "/v1/messages/batches", "sk-demo-a", "{\"requests\":[{\"custom_id\":\"one\"}]}", "Connection: close");
        Map<?, ?> batch = object(RawClient.exchange(fake, request).tail());
        String path = "/v1/messages/batches/" + batch.get("id");
        assertThat(batch.get("processing_status")).isEqualTo("in_progress");
        Map<?, ?> ended = object(RawClient.get(fake, "sk-demo-a", path).tail());
        assertThat(ended.get("results_url")).isEqualTo("http://api.example" + path + "/results");
        assertThat(RawClient.get(fake, "sk-demo-a", path + "/results").tail()).contains("\"custom_id\":\"one\"");
        assertThat(RawClient.get(fake, "sk-demo-b", path).status()).isEqualTo(404);
        assertThat(RawClient.get(fake, "sk-demo-a", "/v1/messages/batches").tail())
                .contains("msgbatch_");
        String cancel = RawClient.post(path + "/cancel", "sk-demo-a", "", "Connection: close");
        assertThat(RawClient.exchange(fake, cancel).tail()).contains("\"processing_status\":\"canceling\"");
    }

    @Test
    void aFileIsCountedNotHeldAndBelongsToItsAccount() throws Exception {
        try (FakeUpstream small = FakeUpstream.builder().record(10, 1000).start()) {
            small.account("sk-demo-a");
            small.account("sk-demo-b");
            byte[] upload = new byte[3_000_000];
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest post = HttpRequest.newBuilder(small.uri().resolve("/v1/files"))
                    .header("x-api-key", "sk-demo-a")
                    .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofByteArray(upload)))
                    .build();
            Map<?, ?> file = object(
                    client.send(post, HttpResponse.BodyHandlers.ofString()).body());
            RecordedCall call = small.requests().get(0);
            assertThat(call.header("transfer-encoding")).isEqualTo("chunked");
            assertThat(call.bodyLength()).isEqualTo(upload.length);
            assertThat(call.body()).hasSize(1000);
            assertThat(call.bodySha256()).isEqualTo(sha256(upload));
            String path = "/v1/files/" + file.get("id");
            Received content = RawClient.get(small, "sk-demo-a", path + "/content");
            assertThat(content.bytes()).hasSizeGreaterThan(upload.length);
            assertThat(content.header("content-length")).containsExactly("3000000");
            assertThat(RawClient.get(small, "sk-demo-b", path).status()).isEqualTo(404);
            assertThat(RawClient.get(small, "sk-demo-a", "/v1/files").tail()).contains("file_01");
        }
    }

    @Test
    void headHasHeadersAndNoBody() throws IOException {
        Received bare = RawClient.exchange(fake, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(bare.status()).isEqualTo(404);
        assertThat(bare.tail()).isEmpty();
        Received models = RawClient.exchange(
                fake, "HEAD /v1/models HTTP/1.1\r\nHost: x\r\nx-api-key: sk-demo-a\r\nConnection: close\r\n\r\n");
        assertThat(models.status()).isEqualTo(200);
        assertThat(models.header("content-length")).isNotEqualTo(List.of("0"));
        assertThat(models.tail()).isEmpty();
    }

    @Test
    void oneAnswerForAllReplacesEverythingUntilItIsTakenBack() throws IOException {
        fake.respondWith(Answer.status(418).body("tea"));
        assertThat(RawClient.message(fake, "sk-nobody", BODY).tail()).isEqualTo("tea");
        assertThat(RawClient.message(fake, "sk-demo-a", BODY).status()).isEqualTo(418);
        fake.reset();
        assertThat(fake.requests()).isEmpty();
        assertThat(fake.count()).isZero();
        assertThat(RawClient.message(fake, "sk-demo-a", BODY).status()).isEqualTo(200);
    }

    private static Map<?, ?> object(String json) throws Json.Malformed {
        return (Map<?, ?>) Json.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Map<?, ?>> events(String stream) throws Json.Malformed {
        List<Map<?, ?>> events = new ArrayList<>();
        for (String line : stream.lines().toList()) {
            if (line.startsWith("data: ")) {
                events.add(object(line.substring(6)));
            }
        }
        return Collections.unmodifiableList(events);
    }

    private static Map<?, ?> usage(Received received) throws Json.Malformed {
        return (Map<?, ?>) object(received.tail()).get("usage");
    }

    private static long number(Map<?, ?> object, String name) {
        return Long.parseLong(((Json.Num) object.get(name)).text());
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
