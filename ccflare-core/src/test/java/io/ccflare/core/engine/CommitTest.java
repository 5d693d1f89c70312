package io.ccflare.core.engine;

import static io.ccflare.core.engine.HandTransport.CONTENT;
import static io.ccflare.core.engine.HandTransport.ERROR;
import static io.ccflare.core.engine.HandTransport.START;
import static io.ccflare.core.engine.HandTransport.STOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.Outcome;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.testkit.TestTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the line lies behind which nothing is tried elsewhere, and what a broken response looks like beyond it. */
class CommitTest {

    private final TestTime time = new TestTime();
    private final HandTransport upstream = new HandTransport();
    private final Rig rig = new Rig(2, builder -> builder.time(time).transport(upstream));

    @AfterEach
    void everythingIsGivenBack() {
        rig.awaitQuiet();
        rig.close();
    }

    private CompletableFuture<GatewayResponse> stream() {
        return rig.handle("POST", "/v1/messages", Rig.STREAM);
    }

    @Test
    void events_without_content_are_held_and_come_with_the_first_content() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events();

        call.push(START);
        call.push("event: ping\ndata: {\"type\": \"ping\"}\n\n");
        assertThat(response).isNotDone();
        call.push(CONTENT);
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.push(STOP);
        call.end();

        assertThat(taker.text()).isEqualTo(START + "event: ping\ndata: {\"type\": \"ping\"}\n\n" + CONTENT + STOP);
        assertThat(taker.completed).isTrue();
    }

    @Test
    void an_error_before_content_moves_on_and_the_caller_sees_nothing_of_it() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange first = upstream.next().events();
        first.push(START);
        first.push(ERROR);
        HandTransport.Exchange second = upstream.next().events();
        assertThat(first.givenUp()).isTrue();
        second.push(START, CONTENT, STOP);
        Taker taker = Taker.of(response, 1);
        second.end();

        assertThat(taker.text()).isEqualTo(START + CONTENT + STOP);
        assertThat(taker.completed).isTrue();
        assertThat(rig.record().attempts())
                .extracting(AttemptRecord::outcome)
                .containsExactly(Outcome.OVERLOADED, Outcome.OK);
    }

    @Test
    void a_stream_that_breaks_or_ends_before_content_moves_on() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        upstream.next().events().push(START).breakOff();
        upstream.next().events().push(START).end();

        GatewayResponse answer = response.get();
        assertThat(answer.status()).isEqualTo(502);
        answer.close();
        assertThat(rig.record().attempts())
                .extracting(AttemptRecord::outcome)
                .containsExactly(Outcome.DROPPED, Outcome.DROPPED);
    }

    @Test
    void an_error_event_after_content_is_relayed_and_not_tried_elsewhere() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.push(ERROR);
        call.end();

        assertThat(taker.text()).isEqualTo(START + CONTENT + ERROR);
        assertThat(upstream.sent).hasValue(1);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.STREAM_ERROR);
    }

    @Test
    void a_cut_between_two_events_ends_with_an_error_event_and_an_error() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.breakOff();

        assertThat(taker.text()).startsWith(START + CONTENT + "event: error\ndata: {\"type\":\"error\"");
        assertThat(taker.text()).endsWith("}\n\n");
        assertThat(taker.broken).isNotNull();
        assertThat(upstream.sent).hasValue(1);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.CUT);
    }

    @Test
    void a_cut_inside_an_event_ends_with_an_error_alone() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT, "event: content_bl");
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.breakOff();

        assertThat(taker.text()).isEqualTo(START + CONTENT + "event: content_bl");
        assertThat(taker.broken).isNotNull();
    }

    @Test
    void a_clean_end_without_message_stop_is_never_clean_for_the_caller() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.end();

        assertThat(taker.completed).isFalse();
        assertThat(taker.broken).isNotNull();
        assertThat(taker.text()).contains("event: error");
        assertThat(rig.record().outcome()).isEqualTo(Outcome.CUT);
    }

    @Test
    void the_last_words_wait_for_demand_and_the_break_comes_after_them() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(response, 1);
        call.breakOff();

        assertThat(taker.over()).isFalse();
        assertThat(taker.text()).doesNotContain("event: error");
        taker.ask(1);
        assertThat(taker.text()).contains("event: error");
        assertThat(taker.broken).isNotNull();
    }

    @Test
    void holding_back_ends_after_a_while_and_then_nothing_is_tried_elsewhere() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START);
        time.advance(Duration.ofMillis(2999));
        assertThat(response).isNotDone();
        time.advance(Duration.ofMillis(1));
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        assertThat(taker.text()).isEqualTo(START);
        call.push(ERROR);
        call.end();

        assertThat(taker.text()).isEqualTo(START + ERROR);
        assertThat(upstream.sent).hasValue(1);
    }

    @Test
    void holding_back_ends_at_a_number_of_bytes() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events();
        String comment = ": " + "x".repeat((64 << 10) - 4) + "\n\n";
        call.push(comment.substring(0, 60_000));
        assertThat(response).isNotDone();
        call.push(comment.substring(60_000));
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.push(START, CONTENT, STOP);
        call.end();

        assertThat(taker.text()).isEqualTo(comment + START + CONTENT + STOP);
        assertThat(taker.completed).isTrue();
    }

    @Test
    void without_a_commit_delay_the_response_begins_with_the_headers() throws Exception {
        rig.gateway.configure(noDelay());
        CompletableFuture<GatewayResponse> response = stream();
        CompletableFuture<Taker> taker = response.thenApply(answer -> Taker.of(answer, Long.MAX_VALUE));
        HandTransport.Exchange call = upstream.next().events();
        assertThat(response).isDone();
        call.push(START);
        call.push(CONTENT);
        call.push(STOP);
        call.end();

        assertThat(taker.get().text()).isEqualTo(START + CONTENT + STOP);
        assertThat(taker.get().completed).isTrue();
    }

    @Test
    void without_a_commit_delay_nothing_is_handed_over_before_it_is_asked_for() throws Exception {
        rig.gateway.configure(noDelay());
        CompletableFuture<GatewayResponse> response = stream();
        CompletableFuture<Taker> taker = response.thenApply(answer -> Taker.of(answer, 0));
        HandTransport.Exchange call = upstream.next().events();
        assertThat(call.demand).isZero();

        taker.get().ask(1);
        assertThat(call.demand).isEqualTo(1);
        call.push(START);
        assertThat(taker.get().batches).isEqualTo(1);
        taker.get().cancel();
        assertThat(call.givenUp()).isTrue();
    }

    private static GatewaySettings noDelay() {
        return GatewaySettings.builder()
                .timeouts(Timeouts.builder().commitDelay(Duration.ZERO).build())
                .build();
    }

    @Test
    void a_json_answer_commits_with_its_first_byte() throws Exception {
        CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", Rig.SHORT);
        upstream.next().json().breakOff();
        HandTransport.Exchange second = upstream.next().json().push("{");
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        second.breakOff();

        assertThat(taker.text()).isEqualTo("{");
        assertThat(taker.broken).isNotNull();
        assertThat(upstream.sent).hasValue(2);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.CUT);
    }

    @Test
    void a_client_that_throws_counts_as_gone() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Reply.Reader thrower = new Reply.Reader() {
            @Override
            public void onNext(List<ByteBuffer> batch) {
                throw new CompletionException("a broken client", null);
            }
        };
        try {
            response.get().body().subscribe(thrower);
        } catch (CompletionException expected) {
            assertThat(expected).hasMessage("a broken client");
        }

        assertThat(call.givenUp()).isTrue();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void what_the_client_asks_for_is_what_the_upstream_is_asked_for() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(response, 1);
        assertThat(taker.batches).isEqualTo(1);
        assertThat(call.demand).as("nothing is asked for in advance").isZero();
        taker.ask(5);
        assertThat(call.demand).isEqualTo(5);
        call.push(STOP);
        call.end();
        assertThat(taker.completed).isTrue();
    }

    @Test
    void a_client_that_asks_for_several_while_it_takes_one_gets_as_many() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        int[] taken = new int[1];
        Flow.Subscription[] subscription = new Flow.Subscription[1];
        response.get().body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription s) {
                subscription[0] = s;
                s.request(1);
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                taken[0]++;
                if (taken[0] == 2) {
                    subscription[0].request(2);
                }
            }

            @Override
            public void onError(Throwable t) {
                throw new AssertionError(t);
            }

            @Override
            public void onComplete() {
                taken[0] += 100;
            }
        });
        subscription[0].request(1);
        call.push(CONTENT);
        assertThat(call.demand).isEqualTo(2);
        call.push(CONTENT);
        call.push(STOP);
        assertThat(taken[0]).isEqualTo(4);
        call.end();
        assertThat(taken[0]).isEqualTo(104);
    }

    @Test
    void a_client_that_cancels_at_once_hears_nothing() throws Exception {
        CompletableFuture<GatewayResponse> response = stream();
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        List<String> heard = new ArrayList<>();
        response.get().body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription s) {
                s.cancel();
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                heard.add("a batch");
            }

            @Override
            public void onError(Throwable t) {
                heard.add("an error");
            }

            @Override
            public void onComplete() {
                heard.add("the end");
            }
        });
        assertThat(heard).isEmpty();
        assertThat(call.ended).isTrue();
    }
}
