package io.ccflare.core.engine;

import static io.ccflare.core.engine.HandTransport.CONTENT;
import static io.ccflare.core.engine.HandTransport.START;
import static io.ccflare.core.engine.HandTransport.STOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.record.Outcome;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.testkit.TestTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is refused, what waits and what is given up, at which bound. */
class LimitsTest {

    private final TestTime time = new TestTime();
    private final HandTransport upstream = new HandTransport();

    private Rig hand(int accounts, UnaryOperator<GatewaySettings.Builder> set) {
        GatewaySettings settings = set.apply(GatewaySettings.builder()).build();
        return new Rig(
                accounts,
                builder -> builder.transport(upstream)
                        .time(time)
                        .settings(settings)
                        .emptyAllowed(true));
    }

    private static void refuses(
            CompletableFuture<GatewayResponse> response, int status, String type, Rig rig, Outcome outcome)
            throws Exception {
        Reply reply = Reply.of(response.get(5, TimeUnit.SECONDS));
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).contains("\"type\":\"error\"").contains(type).contains("\"request_id\":\"ccf_");
        assertThat(rig.record().outcome()).isEqualTo(outcome);
    }

    private static CompletableFuture<GatewayResponse> message(Rig rig) {
        return rig.handle("POST", "/v1/messages", Rig.SHORT);
    }

    @Test
    void a_body_over_the_limit_is_refused_whether_its_length_was_told_or_not() throws Exception {
        try (Rig rig = hand(1, set -> set.maxBodyBytes(50))) {
            refuses(message(rig), 413, "request_too_large", rig, Outcome.TOO_LARGE);
            LateBody untold = new LateBody(Rig.SHORT);
            CompletableFuture<GatewayResponse> response =
                    rig.gateway.handle(GatewayRequest.builder("POST", "/v1/messages")
                            .body(untold, -1)
                            .build());
            untold.send();
            refuses(response, 413, "request_too_large", rig, Outcome.TOO_LARGE);
            assertThat(untold.cancelled).isTrue();
            assertThat(upstream.sent).hasValue(0);
            rig.awaitQuiet();
        }
    }

    @Test
    void too_much_held_in_memory_is_refused_until_there_is_room() throws Exception {
        try (Rig rig = hand(1, set -> set.gatheredBytes(Rig.SHORT.length()))) {
            CompletableFuture<GatewayResponse> first = message(rig);
            HandTransport.Exchange call = upstream.next();
            CompletableFuture<GatewayResponse> second = message(rig);
            assertThat(second.get().headers().first("retry-after")).isEqualTo("1");
            refuses(second, 503, "api_error", rig, Outcome.BUSY);
            call.json().push("{}").end();
            Taker.of(first, 1);
            CompletableFuture<GatewayResponse> third = message(rig);
            upstream.next().json().push("{}").end();
            assertThat(third.get().status()).isEqualTo(200);
            third.get().close();
        }
    }

    @Test
    void too_many_requests_at_once_are_refused() throws Exception {
        try (Rig rig = hand(1, set -> set.maxInFlight(1))) {
            CompletableFuture<GatewayResponse> first = message(rig);
            CompletableFuture<GatewayResponse> second = message(rig);
            assertThat(second.get().headers().first("retry-after")).isEqualTo("1");
            refuses(second, 503, "api_error", rig, Outcome.BUSY);
            first.cancel(true);
            rig.awaitQuiet();
        }
    }

    @Test
    void a_request_waits_for_a_slot_and_gets_it() throws Exception {
        try (Rig rig = hand(1, set -> set.maxInFlightPerAccount(1))) {
            CompletableFuture<GatewayResponse> first = message(rig);
            HandTransport.Exchange call = upstream.next();
            CompletableFuture<GatewayResponse> second = message(rig);
            assertThat(second).isNotDone();
            call.json().push("{}").end();
            Taker.of(first, 1);
            time.advance(Duration.ZERO);
            upstream.next().json().push("{}").end();
            assertThat(second.get().status()).isEqualTo(200);
            second.get().close();
        }
    }

    @Test
    void a_request_waits_for_a_slot_only_so_long() throws Exception {
        try (Rig rig = hand(1, set -> set.maxInFlightPerAccount(1))) {
            CompletableFuture<GatewayResponse> first = message(rig);
            CompletableFuture<GatewayResponse> second = message(rig);
            time.advance(Duration.ofMillis(4999));
            assertThat(second).isNotDone();
            time.advance(Duration.ofMillis(1));
            assertThat(second.get().headers().first("retry-after")).isEqualTo("1");
            refuses(second, 429, "rate_limit_error", rig, Outcome.EXHAUSTED);
            first.cancel(true);
            rig.awaitQuiet();
        }
    }

    @Test
    void a_wait_shorter_than_a_second_is_still_a_wait() throws Exception {
        Timeouts timeouts =
                Timeouts.builder().waitForAccount(Duration.ofMillis(500)).build();
        try (Rig rig = hand(1, set -> set.maxInFlightPerAccount(1).timeouts(timeouts))) {
            CompletableFuture<GatewayResponse> first = message(rig);
            CompletableFuture<GatewayResponse> second = message(rig);
            time.advance(Duration.ofMillis(499));
            assertThat(second).isNotDone();
            first.cancel(true);
            time.advance(Duration.ZERO);
            upstream.next();
            upstream.next().json().push("{}").end();
            assertThat(second.get().status()).isEqualTo(200);
            second.get().close();
        }
    }

    @Test
    void a_request_waits_for_an_account_that_comes_back_in_time() throws Exception {
        try (Rig rig = hand(1, set -> set)) {
            CompletableFuture<GatewayResponse> response = message(rig);
            upstream.next().answer(429, "retry-after", "4").end();
            assertThat(response).isNotDone();
            time.advance(Duration.ofSeconds(4));
            upstream.next().json().push("{}").end();
            assertThat(response.get().status()).isEqualTo(200);
            response.get().close();

            response = message(rig);
            upstream.next().answer(429, "retry-after", "6").end();
            assertThat(response.get().headers().first("retry-after")).isEqualTo("6");
            assertThat(response.get().status()).isEqualTo(429);
        }
    }

    @Test
    void the_deadline_spans_the_upload_too() throws Exception {
        try (Rig rig = hand(1, set -> set)) {
            LateBody never = new LateBody("");
            CompletableFuture<GatewayResponse> response =
                    rig.gateway.handle(GatewayRequest.builder("POST", "/v1/messages")
                            .body(never, -1)
                            .build());
            time.advance(Timeouts.defaults().deadline());
            refuses(response, 504, "timeout_error", rig, Outcome.TIMED_OUT);
            assertThat(never.cancelled).isTrue();
            rig.awaitQuiet();
        }
    }

    @Test
    void a_reader_that_takes_nothing_holds_no_more_than_the_beginning_and_is_given_up() throws Exception {
        try (Rig rig = hand(1, set -> set)) {
            CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", Rig.STREAM);
            HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
            Taker taker = Taker.of(response, 0);
            assertThat(call.demand).as("nothing more is asked for").isZero();
            Rig.advanceUntil(time, Duration.ofSeconds(400), "the reader is given up", taker::over);
            assertThat(call.ended).isTrue();
            assertThat(rig.record().outcome()).isEqualTo(Outcome.CANCELLED);
        }
    }

    @Test
    void an_upstream_is_not_blamed_for_the_time_that_its_reader_took() throws Exception {
        try (Rig rig = hand(1, set -> set)) {
            CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", Rig.STREAM);
            HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
            Taker taker = Taker.of(response, 1);
            for (int second = 0; second < 290; second++) {
                sweep();
            }
            assertThat(taker.over()).isFalse();
            taker.ask(1);
            for (int second = 0; second < 20; second++) {
                sweep();
            }
            assertThat(taker.over()).as("was asked twenty seconds ago").isFalse();
            call.push(STOP);
            call.end();
            assertThat(taker.completed).isTrue();
        }
    }

    /** Lets a second pass and the watch look at everything. */
    private void sweep() {
        int timers = time.pendingTimers();
        time.advance(Duration.ofSeconds(1));
        Rig.await("the watch is set again", () -> time.pendingTimers() >= timers);
    }

    @Test
    void a_response_that_nobody_touches_is_closed() throws Exception {
        try (Rig rig = hand(1, set -> set)) {
            CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", Rig.STREAM);
            HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
            Rig.advanceUntil(time, Duration.ofSeconds(90), "the response is closed", () -> call.ended);
            assertThat(Taker.of(response, 1).broken).isNotNull();
            assertThat(rig.record().outcome()).isEqualTo(Outcome.CANCELLED);
            rig.awaitQuiet();
        }
    }

    @Test
    void what_is_no_json_is_for_the_provider_to_judge() throws Exception {
        try (Rig rig = new Rig(1)) {
            for (String body : new String[] {"{\"model\": ", "not json", "\u0000\u00ff", "[]", "\"x\""}) {
                Reply reply = rig.post(body);
                assertThat(rig.fake("a")
                                .requests()
                                .get(rig.fake("a").requests().size() - 1)
                                .bodyText())
                        .isEqualTo(body);
                assertThat(reply.broken()).isNull();
            }
        }
    }

    @Test
    void without_an_account_the_caller_learns_what_to_do() throws Exception {
        try (Rig rig = hand(0, set -> set)) {
            refuses(message(rig), 503, "Add one to the account store", rig, Outcome.UNAVAILABLE);
        }
    }

    @Test
    void accounts_that_are_all_paused_are_a_503() throws Exception {
        try (Rig rig = new Rig(2, account -> account.paused(true), builder -> builder)) {
            CompletableFuture<GatewayResponse> response = message(rig);
            assertThat(response.get().headers().first("retry-after")).isNull();
            refuses(response, 503, "2 paused", rig, Outcome.UNAVAILABLE);
        }
    }

    @Test
    void unknown_paths_and_dot_segments_go_nowhere() throws Exception {
        try (Rig rig = hand(1, set -> set.deniedRoutes(java.util.Set.of("files")))) {
            for (String path : new String[] {
                "/v1/organizations/x", "/v1/oauth/token", "/api/x", "/", "/v1", "/v1/files", "/v1/anthropic/v1/oauth"
            }) {
                refuses(rig.handle("GET", path, ""), 404, "not_found_error", rig, Outcome.NOT_ALLOWED);
            }
            for (String path : new String[] {
                "/v1/files/../organizations",
                "/v1/files/%2e%2E/x",
                "/v1/files/%2e./x",
                "/v1/files/..%2fx",
                "/v1/./models"
            }) {
                refuses(rig.handle("GET", path, ""), 400, "invalid_request_error", rig, Outcome.BAD_REQUEST);
            }
            Reply head = Reply.of(rig.handle("HEAD", "/nowhere", "").get());
            assertThat(head.bytes()).isEmpty();
            assertThat(upstream.sent).hasValue(0);
        }
    }
}
