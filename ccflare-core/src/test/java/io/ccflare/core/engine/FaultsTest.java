package io.ccflare.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.GatewayBuilder;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.fake.Fault;
import io.ccflare.testkit.TestTime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a caller sees of every fault of the catalogue. */
class FaultsTest {

    /** The caller sees a whole answer of this account, or that it broke. */
    private enum Seen {
        OTHER_ACCOUNT,
        AS_SENT,
        BROKEN
    }

    /** Faults after content, which nothing can mend. */
    private static final Set<Fault> BREAKING =
            Set.of(Fault.RESET_MID_STREAM, Fault.CLOSE_MID_STREAM, Fault.CUT_INSIDE_EVENT, Fault.LENGTH_TOO_LONG);

    /** What goes straight back to the caller. */
    private static final Set<Fault> PASSING = Set.of(
            Fault.SLOW_FIRST_BYTE,
            Fault.GARBAGE_BODY,
            Fault.LENGTH_TOO_SHORT,
            Fault.INVALID_REQUEST,
            Fault.NOT_FOUND,
            Fault.TOO_LARGE,
            Fault.UNPROCESSABLE,
            Fault.GZIPPED);

    private static final Set<Fault> STALLING = Set.of(Fault.STALL, Fault.STALL_BEFORE_HEADERS);

    private static Seen expected(Fault fault, boolean stream) {
        boolean lacksItsLastEvent = fault == Fault.MISSING_MESSAGE_STOP || fault == Fault.LENGTH_TOO_SHORT;
        if (BREAKING.contains(fault) || stream && lacksItsLastEvent) {
            return Seen.BROKEN;
        }
        boolean seenInContent = fault == Fault.MALFORMED_EVENT
                || fault == Fault.MISSING_MESSAGE_STOP
                || stream && fault == Fault.ERROR_EVENT_AFTER_CONTENT;
        return seenInContent || PASSING.contains(fault) ? Seen.AS_SENT : Seen.OTHER_ACCOUNT;
    }

    static Stream<Fault> faults() {
        return Fault.catalogue().stream().filter(fault -> !STALLING.contains(fault));
    }

    /** Two accounts, the first of which is asked first and has the fault. */
    private static Rig pair(Fault fault, UnaryOperator<GatewayBuilder> configured) {
        AtomicInteger place = new AtomicInteger();
        Rig rig = new Rig(2, account -> account.priority(place.getAndIncrement()), configured);
        rig.fake("a").fault(fault);
        if (fault == Fault.REFUSED) {
            refuse(rig);
        }
        return rig;
    }

    private static void refuse(Rig rig) {
        rig.accounts.set(
                0,
                rig.accounts.get(0).toBuilder()
                        .endpoint(rig.upstream.refusingUri())
                        .build());
        rig.gateway.reload().join();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void with_another_account_at_hand_a_caller_sees_no_more_of_a_fault_than_it_must(Fault fault) throws Exception {
        try (Rig rig = pair(fault, builder -> builder)) {
            for (boolean stream : List.of(true, false)) {
                rig.gateway.lift("id-a");
                see(rig, fault, stream);
            }
        }
    }

    private static void see(Rig rig, Fault fault, boolean stream) throws Exception {
        long before = rig.upstream.count();
        Reply reply = rig.post(stream ? Rig.STREAM : Rig.SHORT);
        RequestRecord record = rig.record();
        Seen expected = expected(fault, stream);

        assertThat(reply.status()).isNotEqualTo(429);
        assertThat(reply.broken() != null).as("broken").isEqualTo(expected == Seen.BROKEN);
        assertThat(record.status()).isEqualTo(reply.status());
        if (expected == Seen.OTHER_ACCOUNT) {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.bytes()).isEqualTo(last(rig, "b"));
            assertThat(rig.upstream.count() - before).isEqualTo(fault == Fault.REFUSED ? 1 : 2);
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.accountName()).isEqualTo("b");
            assertThat(record.attempts()).hasSize(2);
            assertThat(record.attempts().get(0).outcome()).isNotEqualTo(Outcome.OK);
        } else {
            assertThat(rig.upstream.count() - before).isEqualTo(1);
            assertThat(record.accountName()).isEqualTo("a");
            assertThat(record.attempts()).hasSize(1);
            if (expected == Seen.AS_SENT && fault != Fault.LENGTH_TOO_SHORT) {
                assertThat(reply.bytes()).isEqualTo(last(rig, "a"));
            }
            boolean callers = reply.status() >= 400;
            Outcome relayed = fault == Fault.ERROR_EVENT_AFTER_CONTENT ? Outcome.STREAM_ERROR : Outcome.OK;
            Outcome whole = callers ? Outcome.CALLER_ERROR : relayed;
            assertThat(record.outcome()).isEqualTo(expected == Seen.BROKEN ? Outcome.CUT : whole);
            boolean told = callers
                    || fault == Fault.SLOW_FIRST_BYTE
                    || fault == Fault.GZIPPED
                    || stream && fault == Fault.MALFORMED_EVENT
                    || !stream && fault == Fault.MISSING_MESSAGE_STOP;
            assertThat(record.partial()).as("partial").isEqualTo(!told);
        }
    }

    private static byte[] last(Rig rig, String account) {
        var calls = rig.fake(account).requests();
        return calls.get(calls.size() - 1).sentBody();
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED,429,RATE_LIMITED,1",
        "RATE_LIMITED_BARE,429,THROTTLED,2",
        "UNIFIED_REJECTED_5H,429,RATE_LIMITED,1",
        "UNIFIED_REJECTED_7D,429,RATE_LIMITED,1",
        "UNIFIED_REJECTED_7D_OI,429,RATE_LIMITED,1",
        "OVERLOADED,529,OVERLOADED,2",
        "SERVER_ERROR,500,SERVER_ERROR,2",
        "UNAUTHORIZED,503,UNAUTHORIZED,1",
        "FORBIDDEN,503,FORBIDDEN,1",
        "REFUSED,502,CONNECT_FAILED,1",
        "RESET_BEFORE_HEADERS,502,DROPPED,1",
        "CLOSE_BEFORE_HEADERS,502,DROPPED,1",
        "ERROR_EVENT_FIRST,529,OVERLOADED,2",
        "ERROR_EVENT_AFTER_START,529,OVERLOADED,2",
        "SPEND_CAP_400,429,SPEND_CAPPED,1",
        "SPEND_CAP_402,429,SPEND_CAPPED,1",
        "SPEND_CAP_429,429,SPEND_CAPPED,1",
        "GARBAGE_HTTP,502,DROPPED,1"
    })
    void with_one_account_alone_a_caller_gets_the_right_error_in_its_dialect(
            String name, int status, Outcome outcome, int attempts) throws Exception {
        Fault fault = Fault.named(name);
        try (Rig rig = new Rig(1)) {
            rig.fake("a").fault(fault);
            if (fault == Fault.REFUSED) {
                refuse(rig);
            }
            for (String body : List.of(Rig.STREAM, Rig.SHORT)) {
                rig.gateway.lift("id-a");
                Reply reply = rig.post(body);
                RequestRecord record = rig.record();

                assertThat(reply.status()).isEqualTo(status);
                assertThat(reply.broken()).isNull();
                assertThat(reply.text())
                        .startsWith("{\"type\":\"error\",\"error\":{")
                        .contains("\"request_id\":");
                assertThat(reply.headers().first("content-type")).contains("application/json");
                assertThat(reply.headers().first("ccflare-request-id")).isEqualTo(record.id());
                assertThat(reply.headers().first("ccflare-attempts")).isEqualTo(Integer.toString(attempts));
                String retryAfter = reply.headers().first("retry-after");
                if (status == 429) {
                    assertThat(Integer.parseInt(String.valueOf(retryAfter))).isBetween(1, 59);
                }
                assertThat(record.attempts()).extracting(AttemptRecord::outcome).containsOnly(outcome);
                assertThat(record.attempts()).hasSize(attempts);
                assertThat(reply.text()).doesNotContain("key-a").doesNotContain("authentication_error");
            }
        }
    }

    @Test
    void an_upstreams_own_overload_is_passed_on_as_it_came_when_nobody_else_can_serve() throws Exception {
        try (Rig rig = pair(Fault.OVERLOADED, builder -> builder)) {
            rig.fake("b").fault(Fault.UNAUTHORIZED);

            Reply reply = rig.post(Rig.SHORT);

            assertThat(reply.status()).isEqualTo(529);
            assertThat(rig.fake("a").requests())
                    .extracting(call -> call.sentBody())
                    .contains(reply.bytes());
            RequestRecord record = rig.record();
            assertThat(record.status()).isEqualTo(529);
            assertThat(record.outcome()).as("the outcome is that of the answer").isEqualTo(Outcome.OVERLOADED);
        }
    }

    @Test
    void an_upload_that_meets_a_limit_gets_the_answer_of_the_limit() throws Exception {
        try (Rig rig = new Rig(2)) {
            rig.fake("a").fault(Fault.RATE_LIMITED);
            Reply limited = rig.send("POST", "/v1/files", "a file");
            assertThat(limited.status()).isEqualTo(429);
            assertThat(limited.headers().first("retry-after")).isEqualTo("30");

            Reply elsewhere = rig.send("POST", "/v1/models", "a body that is sent once");
            assertThat(elsewhere.status()).isEqualTo(503);
            assertThat(elsewhere.headers().first("retry-after")).isEqualTo("1");
            rig.send("POST", "/v1/models", "a body that is sent once");
            rig.gateway.lift("id-a");
            rig.fake("a").fault(Fault.UNAUTHORIZED);
            assertThat(rig.send("POST", "/v1/files", "a file").status()).isEqualTo(503);
            assertThat(rig.fake("b").count())
                    .as("only the other route goes there")
                    .isEqualTo(1);
        }
    }

    @Test
    void what_creates_something_is_not_sent_again_and_what_only_reads_is() throws Exception {
        TestTime time = new TestTime();
        HandTransport upstream = new HandTransport();
        try (Rig rig = new Rig(1, builder -> builder.transport(upstream).time(time))) {
            CompletableFuture<GatewayResponse> creating = rig.handle("POST", "/v1/messages/batches", "");
            upstream.next().answer(500).end();
            assertThat(creating).isDone();
            Taker.of(creating, 1);
            time.advance(Duration.ofSeconds(1));
            assertThat(upstream.sent).hasValue(1);

            CompletableFuture<GatewayResponse> reading = rig.handle("GET", "/v1/messages/batches/b", "");
            upstream.next().answer(500).end();
            time.advance(Duration.ofMillis(300));
            upstream.next().json().push("{}").end();
            Taker.of(reading, 1);
            assertThat(reading.get().status()).isEqualTo(200);
        }
    }

    @Test
    void silence_instead_of_headers_moves_a_stream_to_another_account() throws Exception {
        TestTime time = new TestTime();
        try (Rig rig = pair(Fault.STALL_BEFORE_HEADERS, builder -> builder.time(time))) {
            CompletableFuture<Integer> status =
                    rig.handle("POST", "/v1/messages", Rig.STREAM).thenApply(FaultsTest::read);
            rig.fake("a").awaitStalled(1, Duration.ofSeconds(10));
            time.advance(Timeouts.defaults().streamHeaders());

            assertThat(status.get(10, TimeUnit.SECONDS)).isEqualTo(200);
            rig.fake("a").awaitCanceled(1, Duration.ofSeconds(10));
            assertThat(rig.record().attempts())
                    .extracting(AttemptRecord::outcome)
                    .containsExactly(Outcome.TIMED_OUT, Outcome.OK);
        }
    }

    @Test
    void silence_where_no_stream_was_asked_for_ends_at_the_deadline() throws Exception {
        TestTime time = new TestTime();
        try (Rig rig = pair(Fault.STALL_BEFORE_HEADERS, builder -> builder.time(time))) {
            CompletableFuture<Integer> status =
                    rig.handle("POST", "/v1/messages", Rig.SHORT).thenApply(FaultsTest::read);
            rig.fake("a").awaitStalled(1, Duration.ofSeconds(10));
            time.advance(Timeouts.defaults().deadline());

            assertThat(status.get(10, TimeUnit.SECONDS)).isEqualTo(504);
            rig.fake("a").awaitCanceled(1, Duration.ofSeconds(10));
            assertThat(rig.record().outcome()).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    @Test
    void silence_within_a_stream_is_a_visible_cut() throws Exception {
        TestTime time = new TestTime();
        GatewaySettings settings = GatewaySettings.builder()
                .timeouts(Timeouts.builder().idle(Duration.ofSeconds(20)).build())
                .build();
        try (Rig rig = pair(Fault.STALL, builder -> builder.time(time).settings(settings))) {
            Taker taker = Taker.of(rig.handle("POST", "/v1/messages", Rig.STREAM), Long.MAX_VALUE);
            rig.fake("a").awaitStalled(1, Duration.ofSeconds(10));
            Rig.await("content came", () -> taker.text().contains("content_block_delta"));
            Rig.advanceUntil(time, Duration.ofSeconds(60), "the stream ended", taker::over);

            assertThat(taker.broken).isNotNull();
            assertThat(taker.text()).contains("event: error\n").endsWith("\n\n");
            rig.fake("a").awaitCanceled(1, Duration.ofSeconds(10));
            assertThat(rig.record().outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(rig.fake("b").count()).isZero();
        }
    }

    private static int read(GatewayResponse response) {
        Taker.of(response, Long.MAX_VALUE);
        return response.status();
    }
}
