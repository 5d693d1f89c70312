package io.ccflare.fake;

import static io.ccflare.fake.RawClient.BODY;
import static io.ccflare.fake.RawClient.STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.fake.RawClient.Received;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FaultsOnTheWireTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(20);

    private final FakeUpstream fake =
            FakeUpstream.builder().clock(InstantSource.fixed(NOW)).start();
    private final FakeAccount account = fake.account("sk-demo-a");

    @AfterEach
    void close() {
        fake.close();
    }

    static Stream<Arguments> faultsThatAnswerAndEnd() {
        Set<Fault> silent = Set.of(Fault.REFUSED, Fault.STALL, Fault.STALL_BEFORE_HEADERS);
        return Fault.catalogue().stream()
                .filter(fault -> !silent.contains(fault))
                .flatMap(fault -> Stream.of(Arguments.of(fault, BODY), Arguments.of(fault, STREAM)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("faultsThatAnswerAndEnd")
    void everyFaultStrikesOnceAndLeavesTheAccountHealthy(Fault fault, String body) throws IOException {
        account.faultOnce(fault);
        RawClient.message(fake, "sk-demo-a", body);
        assertThat(RawClient.message(fake, "sk-demo-a", body).status()).isEqualTo(200);
        account.awaitOpenStreams(0, SOON);
        assertThat(account.count()).isEqualTo(2);
    }

    @Test
    void everyFaultHasItsOwnNameAndCanBeFoundByIt() {
        Set<String> names = Fault.catalogue().stream().map(Fault::name).collect(Collectors.toSet());
        assertThat(names).hasSameSizeAs(Fault.catalogue());
        assertThat(Fault.catalogue()).allSatisfy(fault -> {
            assertThat(Fault.named(fault.name())).isSameAs(fault);
            assertThat(fault.description()).isNotBlank();
        });
        assertThatThrownBy(() -> Fault.named("nonsense")).hasMessageContaining("OVERLOADED");
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, 429, rate_limit_error",
        "RATE_LIMITED_BARE, 429, rate_limit_error",
        "UNIFIED_REJECTED_5H, 429, rate_limit_error",
        "OVERLOADED, 529, overloaded_error",
        "SERVER_ERROR, 500, api_error",
        "UNAUTHORIZED, 401, authentication_error",
        "FORBIDDEN, 403, permission_error",
        "SPEND_CAP_400, 400, reached your specified workspace API usage limits",
        "SPEND_CAP_402, 402, billing_error",
        "SPEND_CAP_429, 429, enforced_spend_limit_reached",
        "INVALID_REQUEST, 400, invalid_request_error",
        "NOT_FOUND, 404, not_found_error",
        "TOO_LARGE, 413, <html>",
        "UNPROCESSABLE, 422, invalid_request_error"
    })
    void aRefusalHasItsStatusAndItsBody(String name, int status, String part) throws IOException {
        account.fault(Fault.named(name));
        for (String body : new String[] {BODY, STREAM}) {
            Received received = RawClient.message(fake, "sk-demo-a", body);
            assertThat(received.status()).isEqualTo(status);
            assertThat(received.tail()).contains(part);
            assertThat(received.header("content-length"))
                    .containsExactly(Integer.toString(received.tail().getBytes(StandardCharsets.UTF_8).length));
        }
    }

    @Test
    void aRateLimitTellsHowLongAndWhichLimit() throws IOException {
        account.fault(Fault.rateLimited(Duration.ofSeconds(42), RateLimit.INPUT_TOKENS));
        Received received = RawClient.message(fake, "sk-demo-a", BODY);
        assertThat(received.header("retry-after")).containsExactly("42");
        assertThat(received.header("anthropic-ratelimit-input-tokens-remaining"))
                .containsExactly("0");
        assertThat(received.header("anthropic-ratelimit-input-tokens-reset")).containsExactly("2026-11-20T10:00:42Z");
        assertThat(received.header("anthropic-ratelimit-requests-remaining")).doesNotContain("0");
    }

    @ParameterizedTest
    @CsvSource({"RATE_LIMITED_BARE, 1", "SPEND_CAP_429, 0"})
    void aBare429TellsNothingAboutTime(String name, int shouldRetry) throws IOException {
        account.fault(Fault.named(name));
        Received received = RawClient.message(fake, "sk-demo-a", BODY);
        assertThat(received.head().toLowerCase()).doesNotContain("retry-after").doesNotContain("ratelimit");
        assertThat(received.header("x-should-retry")).hasSize(shouldRetry);
    }

    @Test
    void aUnifiedRejectionNamesItsWindowAndAllowsTheOthers() throws IOException {
        account.fault(Fault.unifiedRejected(UsageWindow.SEVEN_DAY_MODEL, Duration.ofHours(1)));
        Received received = RawClient.message(fake, "sk-demo-a", BODY);
        String epoch = Long.toString(NOW.plusSeconds(3600).getEpochSecond());
        assertThat(received.header("anthropic-ratelimit-unified-status")).containsExactly("rejected");
        assertThat(received.header("anthropic-ratelimit-unified-reset")).containsExactly(epoch);
        assertThat(received.header("anthropic-ratelimit-unified-7d_oi-status")).containsExactly("rejected");
        assertThat(received.header("anthropic-ratelimit-unified-7d_oi-reset")).containsExactly(epoch);
        assertThat(received.header("anthropic-ratelimit-unified-5h-status")).containsExactly("allowed");
        assertThat(received.header("anthropic-ratelimit-unified-7d-status")).containsExactly("allowed");
        assertThat(received.header("retry-after")).containsExactly("3600");
        assertThat(received.header("x-should-retry")).containsExactly("true");
    }

    @Test
    void aRefusedConnectionIsRefused() {
        int port = fake.uriFor(Fault.REFUSED).getPort();
        assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(ConnectException.class);
        assertThat(fake.uriFor(Fault.OVERLOADED)).isEqualTo(fake.uri());
    }

    @Test
    void beforeTheHeadersAConnectionCanBeResetOrClosed() throws IOException {
        account.script(Fault.RESET_BEFORE_HEADERS, Fault.CLOSE_BEFORE_HEADERS);
        Received reset = RawClient.message(fake, "sk-demo-a", BODY);
        assertThat(reset.reset()).isTrue();
        assertThat(reset.bytes()).isEmpty();
        Received closed = RawClient.message(fake, "sk-demo-a", BODY);
        assertThat(closed.reset()).isFalse();
        assertThat(closed.bytes()).isEmpty();
    }

    @Test
    void aStreamIsResetAfterSomeEvents() throws IOException {
        account.fault(Fault.resetMidStream(4));
        Received received = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(received.reset()).isTrue();
        assertThat(received.events())
                .containsExactly("message_start", "content_block_start", "ping", "content_block_delta");
        assertThat(account.requests().get(0).ending()).isEqualTo(RecordedCall.Ending.FAULT);
    }

    @Test
    void aStreamIsClosedBetweenEventsWithoutItsLastChunk() throws IOException {
        account.fault(Fault.closeMidStream(4));
        Received received = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(received.reset()).isFalse();
        assertThat(received.events()).hasSize(4);
        assertThat(received.text()).endsWith("\n\n\r\n");
        assertThat(received.endsWithLastChunk()).isFalse();
    }

    @Test
    void aStreamIsCutInsideAnEvent() throws IOException {
        account.fault(Fault.cutInsideEvent(4));
        Received received = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(received.events()).hasSize(5);
        assertThat(received.text()).doesNotEndWith("\n\n\r\n");
        assertThat(received.endsWithLastChunk()).isFalse();
    }

    @Test
    void anAnswerThatDoesNotStreamIsCutInItsMiddle() throws IOException {
        account.script(Fault.RESET_MID_STREAM, Fault.CLOSE_MID_STREAM, Fault.CUT_INSIDE_EVENT);
        for (int i = 0; i < 3; i++) {
            Received received = RawClient.message(fake, "sk-demo-a", BODY);
            int declared = Integer.parseInt(received.header("content-length").get(0));
            assertThat(received.tail().getBytes(StandardCharsets.UTF_8).length).isBetween(declared / 3, declared - 1);
            assertThat(received.reset()).isEqualTo(i == 0);
        }
    }

    @Test
    void aStallSendsSomeEventsAndGoesOnWhenReleased() throws IOException {
        account.fault(Fault.stall(4));
        try (RawClient client = new RawClient(fake.port())) {
            client.send(RawClient.post("/v1/messages", "sk-demo-a", STREAM, "Connection: close"));
            account.awaitStalled(1, SOON);
            assertThat(client.until("content_block_delta")).doesNotContain("message_stop");
            assertThat(account.openStreams()).isEqualTo(1);
            account.release();
            Received rest = client.rest();
            assertThat(rest.text()).contains("message_stop");
            assertThat(rest.endsWithLastChunk()).isTrue();
            assertThat(account.stalled()).isZero();
        }
    }

    @Test
    void aStallBeforeTheHeadersSendsNothingUntilReleased() throws IOException {
        account.fault(Fault.STALL_BEFORE_HEADERS);
        try (RawClient client = new RawClient(fake.port())) {
            client.send(RawClient.post("/v1/messages", "sk-demo-a", BODY, "Connection: close"));
            account.awaitStalled(1, SOON);
            assertThat(account.requests().get(0).status()).isZero();
            account.release();
            assertThat(client.rest().status()).isEqualTo(200);
        }
    }

    @Test
    void anErrorEventCanBeTheFirstEventOrFollowTheStartOrTheContent() throws IOException {
        account.script(Fault.ERROR_EVENT_FIRST, Fault.ERROR_EVENT_AFTER_START, Fault.ERROR_EVENT_AFTER_CONTENT);
        Received first = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.events()).containsExactly("error");
        assertThat(first.endsWithLastChunk()).isTrue();
        assertThat(RawClient.message(fake, "sk-demo-a", STREAM).events())
                .containsExactly("message_start", "ping", "error");
        assertThat(RawClient.message(fake, "sk-demo-a", STREAM).events())
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "ping",
                        "content_block_delta",
                        "content_block_delta",
                        "error");
    }

    @Test
    void anErrorEventIs529WhereNothingStreams() throws IOException {
        account.fault(Fault.ERROR_EVENT_AFTER_CONTENT);
        assertThat(RawClient.message(fake, "sk-demo-a", BODY).status()).isEqualTo(529);
    }

    @Test
    void aMalformedEventIsFollowedByGoodOnes() throws IOException {
        account.script(Fault.NONE, Fault.MALFORMED_EVENT);
        int healthy = RawClient.message(fake, "sk-demo-a", STREAM).events().size();
        Received received = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(received.events()).hasSize(healthy + 1).endsWith("message_stop");
        assertThat(received.text()).contains("\"delta\":{\"typ\n\n");
    }

    @Test
    void aStreamEndsCleanWithoutMessageStop() throws IOException {
        account.fault(Fault.MISSING_MESSAGE_STOP);
        Received received = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(received.events()).endsWith("message_delta").doesNotContain("message_stop");
        assertThat(received.endsWithLastChunk()).isTrue();
    }

    @Test
    void aSlowFirstByteComesInTheEnd() throws IOException {
        account.fault(Fault.slowFirstByte(Duration.ofMillis(20)));
        assertThat(RawClient.message(fake, "sk-demo-a", STREAM).events()).endsWith("message_stop");
    }

    @Test
    void garbageIsNotJsonOrNotEvenHttp() throws IOException {
        account.script(Fault.GARBAGE_BODY, Fault.GARBAGE_HTTP);
        Received body = RawClient.message(fake, "sk-demo-a", BODY);
        assertThat(body.status()).isEqualTo(200);
        assertThat(body.header("content-type")).containsExactly("application/json");
        byte[] sent = fake.requests().get(0).sentBody();
        assertThatThrownBy(() -> Json.parse(sent)).isInstanceOf(Json.Malformed.class);
        assertThat(RawClient.message(fake, "sk-demo-a", BODY).text()).doesNotStartWith("HTTP/");
    }

    @Test
    void aDeclaredLengthCanBeTooLongOrTooShort() throws IOException {
        account.script(Fault.LENGTH_TOO_LONG, Fault.LENGTH_TOO_SHORT, Fault.LENGTH_TOO_LONG);
        for (int difference : new int[] {100, -10}) {
            Received received = RawClient.message(fake, "sk-demo-a", BODY);
            int sent = received.tail().getBytes(StandardCharsets.UTF_8).length;
            assertThat(received.header("content-length")).containsExactly(Integer.toString(sent + difference));
        }
        Received stream = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(stream.header("transfer-encoding")).isEmpty();
        assertThat(stream.events()).endsWith("message_stop");
    }

    @Test
    void aGzippedStreamInflatesToTheEvents() throws IOException {
        account.script(Fault.GZIPPED, Fault.GZIPPED);
        Received stream = RawClient.message(fake, "sk-demo-a", STREAM);
        assertThat(stream.header("content-encoding")).containsExactly("gzip");
        assertThat(inflate(stream.unchunked()))
                .startsWith("event: message_start")
                .contains("event: message_stop");
        Received json = RawClient.message(fake, "sk-demo-a", BODY);
        int length = Integer.parseInt(json.header("content-length").get(0));
        byte[] body = Arrays.copyOfRange(json.bytes(), json.bytes().length - length, json.bytes().length);
        assertThat(inflate(body)).startsWith("{\"id\":\"msg_");
    }

    @Test
    void aFaultForOneModelLeavesTheOthersAlone() throws IOException {
        account.fault(Fault.OVERLOADED.forModel("opus")).faultOnce(Fault.SERVER_ERROR.forModel("opus"));
        String opus = BODY.replace("sonnet", "opus");
        assertThat(RawClient.message(fake, "sk-demo-a", BODY).status()).isEqualTo(200);
        assertThat(RawClient.message(fake, "sk-demo-a", opus).status()).isEqualTo(500);
        assertThat(RawClient.message(fake, "sk-demo-a", opus).status()).isEqualTo(529);
        account.heal();
        assertThat(RawClient.message(fake, "sk-demo-a", opus).status()).isEqualTo(200);
    }

    @Test
    void aGivenAnswerIsSentExactly() throws IOException {
        byte[] body = {0, 1, (byte) 0xff, '\r', '\n'};
        account.script(
                Fault.answer(Answer.status(299)
                        .header("X-Twice", "a")
                        .header("X-Twice", "b")
                        .body(body)),
                Fault.answer(Answer.status(200).events("data: 1\n\n", "data: 2\n\n")),
                Fault.answer(Answer.status(200).body("to the end").untilClose()),
                Fault.answer(Answer.raw("HTTP/1.1 204 \r\n\r\n".getBytes(StandardCharsets.US_ASCII))));
        Received exact = RawClient.message(fake, "sk-demo-a", BODY);
        assertThat(exact.head())
                .isEqualTo("HTTP/1.1 299 \r\nX-Twice: a\r\nX-Twice: b\r\nContent-Length: 5\r\nConnection: close");
        assertThat(exact.bytes()).endsWith(body);
        assertThat(account.requests().get(0).sentBody()).isEqualTo(body);
        assertThat(RawClient.message(fake, "sk-demo-a", BODY).tail())
                .isEqualTo("9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n");
        assertThat(RawClient.message(fake, "sk-demo-a", BODY).text())
                .isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end");
        assertThat(RawClient.message(fake, "sk-demo-a", BODY).text()).isEqualTo("HTTP/1.1 204 \r\n\r\n");
    }

    private static String inflate(byte[] gzip) throws IOException {
        return new String(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes(), StandardCharsets.UTF_8);
    }
}
