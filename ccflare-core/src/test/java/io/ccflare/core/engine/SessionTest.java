package io.ccflare.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.core.routing.LeastLoadedStrategy;
import io.ccflare.testkit.TestTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a conversation is known by, and which account it stays with for how long. */
class SessionTest {

    private static final String LONG = "a long story ".repeat(40);

    private final TestTime time = new TestTime();
    private final HandTransport upstream = new HandTransport();

    /** Spreads what has no session over its accounts: whatever stays together does so because of a session. */
    private final Rig rig = rig(GatewaySettings.builder());

    private Rig rig(GatewaySettings.Builder settings) {
        return new Rig(
                3,
                builder -> builder.transport(upstream)
                        .time(time)
                        .strategy(new LeastLoadedStrategy())
                        .settings(settings.timeouts(Timeouts.builder()
                                        .waitForAccount(Duration.ZERO)
                                        .build())
                                .build()));
    }

    @AfterEach
    void close() {
        rig.awaitQuiet();
        rig.close();
    }

    private static String body(String system, String first, String extra) {
        return "{\"model\":\"claude-opus-4-8\"," + extra + "\"system\":" + system + ",\"messages\":[" + first
                + ",{\"role\":\"assistant\",\"content\":\"ok\"}]}";
    }

    private static String user(String content) {
        return "{\"role\":\"user\",\"content\":" + content + "}";
    }

    private static CompletableFuture<GatewayResponse> send(
            Rig rig, @Nullable String caller, String body, String... headers) {
        return rig.gateway.handle(GatewayRequest.builder("POST", "/v1/messages")
                .headers(Headers.of(headers))
                .caller(caller)
                .body(FixedBody.of(body.getBytes(StandardCharsets.UTF_8)))
                .build());
    }

    /** The session in the record of a request that is served. */
    private @Nullable String session(@Nullable String caller, String body, String... headers) throws Exception {
        return served(rig, caller, body, headers).session();
    }

    private RequestRecord served(Rig on, @Nullable String caller, String body, String... headers) throws Exception {
        CompletableFuture<GatewayResponse> response = send(on, caller, body, headers);
        upstream.next().json().push("{}").end();
        Taker.of(response, 1);
        return on.record();
    }

    private String servedBy(Rig on, String session) throws Exception {
        return String.valueOf(
                served(on, null, Rig.SHORT, "x-session-id", session).accountName());
    }

    /** Keeps the first account busy, so that a new session goes to the next; cancelling frees it. */
    private CompletableFuture<GatewayResponse> busy(Rig on) throws Exception {
        CompletableFuture<GatewayResponse> open = on.handle("POST", "/v1/messages", Rig.SHORT);
        upstream.next();
        return open;
    }

    private static void free(Rig on, CompletableFuture<GatewayResponse> busy) throws Exception {
        busy.cancel(true);
        on.record();
    }

    @Test
    void a_header_goes_before_the_user_id_and_that_before_a_guess() throws Exception {
        String plain = "\"metadata\":{\"user_id\":\"user_abc_account_d-e_session_12345678-aaaa\"},";
        String told = body("\"" + LONG + "\"", user("\"hi\""), plain);
        String json = body(
                "\"other\"",
                user("\"hello\""),
                "\"metadata\":{\"user_id\":\"{\\\"device_id\\\":\\\"d\\\",\\\"session_id\\\":\\\"12345678-aaaa\\\"}\"},");
        String header = session(null, told, "x-session-id", "12345678-aaaa");

        assertThat(header).isNotNull();
        assertThat(session(null, told, "X-Claude-Code-Session-Id", "12345678-aaaa"))
                .isEqualTo(header);
        assertThat(session(null, told)).isEqualTo(header);
        assertThat(session(null, json)).isEqualTo(header);
        assertThat(session(null, told, "x-session-id", "another")).isNotEqualTo(header);
        assertThat(session(null, body("\"" + LONG + "\"", user("\"hi\""), "")))
                .isNotNull()
                .isNotEqualTo(header);
    }

    @Test
    void a_guess_holds_while_cache_marks_and_later_turns_move() throws Exception {
        String blocks = "[{\"type\":\"text\",\"text\":\"" + LONG + "\"%s}]";
        String mark = ",\"cache_control\":{\"type\":\"ephemeral\"}";
        String marked =
                session(null, body("[{\"type\":\"text\",\"text\":\"be kind\"}]", user(blocks.formatted(mark)), ""));
        String unmarked = session(
                null,
                body(
                        "[{\"type\":\"text\",\"text\":\"be kind\"" + mark + "}]",
                        user(blocks.formatted("")) + "," + user("\"and then?\""),
                        "\"max_tokens\":7,"));
        assertThat(marked).isNotNull().isEqualTo(unmarked);
        assertThat(session(null, body("[{\"type\":\"text\",\"text\":\"be mean\"}]", user(blocks.formatted("")), "")))
                .isNotEqualTo(marked);
    }

    @Test
    void a_short_beginning_is_no_session() throws Exception {
        assertThat(session(null, Rig.SHORT)).isNull();
        assertThat(session(null, body("\"\"", "{\"role\":\"assistant\",\"content\":\"" + LONG + "\"}", "")))
                .isNull();
    }

    @Test
    void a_session_belongs_to_its_caller() throws Exception {
        String anna = session("anna", Rig.SHORT, "x-session-id", "s");
        assertThat(session("bert", Rig.SHORT, "x-session-id", "s")).isNotEqualTo(anna);
        assertThat(session("anna", Rig.SHORT, "x-session-id", "s")).isEqualTo(anna);
        assertThat(anna).doesNotContain("anna");
    }

    @Test
    void a_guess_that_is_in_use_is_not_shared() throws Exception {
        String body = body("\"" + LONG + "\"", user("\"hi\""), "");
        CompletableFuture<GatewayResponse> first = send(rig, null, body);
        HandTransport.Exchange open = upstream.next();
        assertThat(session(null, body)).as("a parallel worker").isNull();
        open.json().push("{}").end();
        Taker.of(first, 1);
        assertThat(rig.record().session()).isNotNull();
        assertThat(session(null, body)).isNotNull();
    }

    @Test
    void a_session_stays_on_the_account_that_served_it() throws Exception {
        CompletableFuture<GatewayResponse> busy = busy(rig);
        assertThat(servedBy(rig, "s")).isEqualTo("b");
        free(rig, busy);
        assertThat(servedBy(rig, "s")).isEqualTo("b");
        assertThat(servedBy(rig, "t")).isEqualTo("a");
    }

    @Test
    void a_session_moves_to_the_account_that_served_after_a_failure() throws Exception {
        assertThat(servedBy(rig, "s")).isEqualTo("a");
        CompletableFuture<GatewayResponse> response = send(rig, null, Rig.SHORT, "x-session-id", "s");
        upstream.next().answer(429, "retry-after", "10").end();
        upstream.next().json().push("{}").end();
        Taker.of(response, 1);
        assertThat(rig.record().accountName()).isEqualTo("b");
        time.advance(Duration.ofMinutes(1));
        assertThat(servedBy(rig, "s")).isEqualTo("b");
    }

    @Test
    void a_warm_session_is_tried_once_more_where_it_is_before_it_moves() throws Exception {
        assertThat(servedBy(rig, "s")).isEqualTo("a");
        CompletableFuture<GatewayResponse> response = send(rig, null, Rig.SHORT, "x-session-id", "s");
        upstream.next().answer(529).end();
        assertThat(upstream.sent).hasValue(2);
        time.advance(Duration.ofMillis(99));
        assertThat(upstream.sent).as("at least 100 ms").hasValue(2);
        time.advance(Duration.ofMillis(201));
        HandTransport.Exchange again = upstream.next();
        assertThat(again.request.headers().first("x-api-key")).isEqualTo("key-a");
        again.answer(529).end();
        HandTransport.Exchange moved = upstream.next();
        assertThat(moved.request.headers().first("x-api-key")).isEqualTo("key-b");
        moved.json().push("{}").end();
        Taker.of(response, 1);
        rig.record();
        assertThat(servedBy(rig, "s")).isEqualTo("b");
    }

    @Test
    void a_session_is_dropped_after_a_final_failure_and_kept_after_a_cancel() throws Exception {
        CompletableFuture<GatewayResponse> busy = busy(rig);
        assertThat(servedBy(rig, "s")).isEqualTo("b");
        free(rig, busy);

        CompletableFuture<GatewayResponse> cancelled = send(rig, null, Rig.SHORT, "x-session-id", "s");
        upstream.next();
        cancelled.cancel(true);
        rig.record();
        assertThat(servedBy(rig, "s")).as("after a cancel").isEqualTo("b");

        CompletableFuture<GatewayResponse> left = send(rig, null, Rig.STREAM, "x-session-id", "s");
        upstream.next().events().push(HandTransport.START, HandTransport.CONTENT);
        Taker.of(left, 1).cancel();
        rig.record();
        assertThat(servedBy(rig, "s")).as("after a hang-up in the middle").isEqualTo("b");

        CompletableFuture<GatewayResponse> failed = send(rig, null, Rig.SHORT, "x-session-id", "s");
        upstream.next().json().push("{").breakOff();
        Taker.of(failed, 1);
        rig.record();
        time.advance(Duration.ofMinutes(2));
        assertThat(servedBy(rig, "s")).as("after a cut").isEqualTo("a");
    }

    @Test
    void a_session_is_dropped_when_no_account_could_be_reached() throws Exception {
        bindToB("s");
        CompletableFuture<GatewayResponse> failed = send(rig, null, Rig.SHORT, "x-session-id", "s");
        upstream.next().drop();
        upstream.next().drop();
        upstream.next().drop();
        assertThat(failed.get().status()).isEqualTo(502);
        rig.record();
        time.advance(Duration.ofMinutes(2));
        assertThat(servedBy(rig, "s")).isEqualTo("a");
    }

    @Test
    void a_session_is_dropped_when_its_account_let_the_deadline_pass() throws Exception {
        bindToB("s");
        CompletableFuture<GatewayResponse> late = send(rig, null, Rig.SHORT, "x-session-id", "s");
        upstream.next();
        time.advance(Timeouts.defaults().deadline());
        assertThat(late.get().status()).isEqualTo(504);
        rig.record();
        time.advance(Duration.ofMinutes(2));
        assertThat(servedBy(rig, "s")).isEqualTo("a");
    }

    private void bindToB(String session) throws Exception {
        CompletableFuture<GatewayResponse> busy = busy(rig);
        assertThat(servedBy(rig, session)).isEqualTo("b");
        free(rig, busy);
    }

    @Test
    void a_session_is_forgotten_when_it_is_idle_or_too_many_came_after_it() throws Exception {
        try (Rig small = rig(GatewaySettings.builder().maxBindings(2))) {
            CompletableFuture<GatewayResponse> busy = busy(small);
            assertThat(servedBy(small, "s")).isEqualTo("b");
            free(small, busy);
            time.advance(Duration.ofMinutes(59));
            assertThat(servedBy(small, "s")).as("used within the hour").isEqualTo("b");
            time.advance(Duration.ofMinutes(60));
            assertThat(bound(small, "s")).as("idle for an hour").isFalse();
            assertThat(bound(small, "s")).isTrue();
            assertThat(bound(small, "t")).isFalse();
            assertThat(bound(small, "u")).isFalse();
            assertThat(bound(small, "s")).as("two came after it").isFalse();
        }
    }

    /** Whether the account of a request was chosen for its session. */
    private boolean bound(Rig on, String session) throws Exception {
        RequestRecord record = served(on, null, Rig.SHORT, "x-session-id", session);
        return record.attempts().get(0).reason().equals("bound");
    }

    @Test
    void the_session_strategy_stays_with_the_newest_open_session_and_heeds_priorities() throws Exception {
        try (Rig plain = new Rig(3, builder -> builder.transport(upstream).time(time))) {
            assertThat(served(plain, null, Rig.SHORT).accountName()).isEqualTo("a");
            time.advance(Duration.ofMinutes(1));
            CompletableFuture<GatewayResponse> response = send(plain, null, Rig.SHORT);
            upstream.next().answer(429, "retry-after", "30").end();
            upstream.next().json().push("{}").end();
            Taker.of(response, 1);
            assertThat(plain.record().accountName()).isEqualTo("b");
            time.advance(Duration.ofMinutes(1));
            assertThat(served(plain, null, Rig.SHORT).accountName())
                    .as("its session is newer, though the first account is back")
                    .isEqualTo("b");
            time.advance(Duration.ofHours(5));
            assertThat(served(plain, null, Rig.SHORT).accountName())
                    .as("no session is open")
                    .isEqualTo("a");
            plain.accounts.set(0, plain.accounts.get(0).toBuilder().priority(9).build());
            plain.gateway.reload().join();
            assertThat(served(plain, null, Rig.SHORT).accountName())
                    .as("priority goes first")
                    .isEqualTo("b");
        }
    }

    @Test
    void what_lives_on_one_account_is_asked_of_that_one_alone() throws Exception {
        CompletableFuture<GatewayResponse> first = rig.handle("GET", "/v1/files/f", "");
        assertThat(upstream.next().request.headers().first("x-api-key")).isEqualTo("key-a");
        CompletableFuture<GatewayResponse> second = rig.handle("GET", "/v1/files/f", "");
        assertThat(upstream.next().request.headers().first("x-api-key")).isEqualTo("key-a");
        CompletableFuture<GatewayResponse> limited = rig.handle("GET", "/v1/messages/batches/b", "");
        upstream.next().answer(429, "retry-after", "20").end();
        assertThat(limited.get().status()).isEqualTo(429);
        assertThat(limited.get().headers().first("retry-after")).isEqualTo("20");
        assertThat(upstream.sent).hasValue(3);
        first.cancel(true);
        second.cancel(true);
    }
}
