package io.ccflare.core.engine;

import static io.ccflare.core.engine.HandTransport.CONTENT;
import static io.ccflare.core.engine.HandTransport.START;
import static io.ccflare.core.engine.HandTransport.STOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Answer;
import io.ccflare.api.provider.Problem;
import io.ccflare.api.provider.Provider;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.Route;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.time.TimeSource;
import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.core.GatewayBuilder;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.core.anthropic.AnthropicProvider;
import io.ccflare.fake.Fault;
import io.ccflare.testkit.TestTime;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens, slots, bytes and calls are given back, the upstream is let go, and there is one record. */
class LeaseTest {

    private final HandTransport upstream = new HandTransport();
    private final TestTime time = new TestTime();

    private Rig hand(UnaryOperator<GatewayBuilder> more) {
        return new Rig(1, builder -> more.apply(builder.transport(upstream).time(time)));
    }

    private Rig hand() {
        return hand(builder -> builder);
    }

    private static CompletableFuture<GatewayResponse> stream(Rig rig) {
        return rig.handle("POST", "/v1/messages", Rig.STREAM);
    }

    /** Nothing is held, and there was this one record. */
    private static RequestRecord settled(Rig rig, Outcome outcome) throws Exception {
        RequestRecord record = rig.record();
        assertThat(record.outcome()).isEqualTo(outcome);
        rig.awaitQuiet();
        return record;
    }

    private static void close(Rig rig) {
        rig.close();
        assertThat(rig.records).as("records beyond the one").isEmpty();
    }

    @Test
    void a_served_request_gives_all_back() throws Exception {
        Rig rig = hand();
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next();
        assertThat(rig.gateway.status().inFlight()).isEqualTo(1);
        assertThat(rig.gateway.status().accounts().get(0).inFlight()).isEqualTo(1);
        assertThat(rig.gateway.status().gatheredBytes()).isEqualTo(Rig.STREAM.length());
        call.events().push(START, CONTENT, STOP);
        assertThat(rig.gateway.status().gatheredBytes())
                .as("let go at the commit point")
                .isZero();
        call.end();
        Taker taker = Taker.of(response, 1);

        assertThat(taker.completed).isTrue();
        settled(rig, Outcome.OK);
        close(rig);
    }

    @Test
    void every_fault_gives_all_back() throws Exception {
        GatewaySettings settings = GatewaySettings.builder()
                .timeouts(Timeouts.builder()
                        .waitForAccount(Duration.ZERO)
                        .idle(Duration.ofMillis(500))
                        .streamHeaders(Duration.ofSeconds(1))
                        .build())
                .build();
        try (Rig rig = new Rig(2, builder -> builder.settings(settings))) {
            for (Fault fault : Fault.catalogue()) {
                rig.gateway.lift("id-a");
                rig.gateway.lift("id-b");
                rig.fake("a").fault(fault);
                rig.fake("b").fault(fault);
                Reply reply = rig.post(Rig.STREAM);
                assertThat(reply.status()).as(fault.name()).isPositive();
                rig.record();
                rig.awaitQuiet();
            }
            assertThat(rig.records).isEmpty();
            rig.upstream.await("connections are let go", Duration.ofSeconds(10), () -> rig.upstream.openStreams() == 0);
        }
    }

    @Test
    void cancelling_before_the_headers_ends_the_upstream_call() throws Exception {
        for (boolean flag : List.of(true, false)) {
            Rig rig = hand();
            CompletableFuture<GatewayResponse> response = stream(rig);
            HandTransport.Exchange call = upstream.next();
            response.cancel(flag);
            assertThat(call.future).isCancelled();
            settled(rig, Outcome.CANCELLED);
            close(rig);
        }
    }

    @Test
    void cancelling_while_events_are_held_ends_the_upstream_call() throws Exception {
        Rig rig = hand();
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events().push(START);
        response.cancel(true);
        assertThat(call.ended).isTrue();
        settled(rig, Outcome.CANCELLED);
        close(rig);
    }

    @Test
    void cancelling_in_the_middle_of_a_stream_ends_the_upstream_call() throws Exception {
        Rig rig = hand();
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(response, 1);
        taker.cancel();
        assertThat(call.ended).isTrue();
        RequestRecord record = settled(rig, Outcome.CANCELLED);
        assertThat(record.partial()).isTrue();
        assertThat(taker.over()).isFalse();
        close(rig);
    }

    @Test
    void closing_a_response_untouched_ends_the_upstream_call() throws Exception {
        Rig rig = hand();
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        response.get().close();
        response.get().close();
        assertThat(call.ended).isTrue();
        settled(rig, Outcome.CANCELLED);
        close(rig);
    }

    @Test
    void cancelling_a_dependent_future_ends_the_upstream_call() throws Exception {
        Rig rig = hand();
        CompletableFuture<Integer> derived =
                stream(rig).thenApply(GatewayResponse::status).thenApply(status -> status + 1);
        HandTransport.Exchange call = upstream.next();
        derived.cancel(false);
        assertThat(call.future).isCancelled();
        settled(rig, Outcome.CANCELLED);
        close(rig);
    }

    @Test
    void cancelling_a_stage_that_has_not_used_the_response_ends_the_upstream_call() throws Exception {
        Rig rig = hand();
        CompletableFuture<Object> stage = stream(rig).thenCompose(response -> new CompletableFuture<>());
        HandTransport.Exchange call = upstream.next();
        call.events().push(START, CONTENT);
        assertThat(call.givenUp()).isFalse();
        stage.cancel(true);
        assertThat(call.givenUp()).isTrue();
        settled(rig, Outcome.CANCELLED);
        close(rig);
    }

    @Test
    void whenever_a_cancel_comes_in_between_all_is_given_back() throws Exception {
        Interrupting clock = new Interrupting(time);
        Rig rig = hand(builder -> builder.time(clock));
        boolean cameInBetween = true;
        for (int moment = 1; cameInBetween; moment++) {
            CompletableFuture<GatewayResponse> response = stream(rig);
            HandTransport.Exchange call = upstream.next();
            clock.interrupt(moment, () -> response.cancel(true));
            call.events();
            if (call.demand > 0) {
                call.push(START, CONTENT, STOP);
            }
            cameInBetween = clock.left.getAndSet(0) <= 0;
            if (response.isCancelled()) {
                assertThat(call.givenUp()).as("moment " + moment).isTrue();
            } else {
                call.end();
                Taker.of(response, 1);
            }
            rig.record();
            rig.awaitQuiet();
            assertThat(rig.records).as("moment " + moment).isEmpty();
        }
        close(rig);
    }

    /** Runs something in between, at one of the moments when the gateway looks at the clock or sets or ends a timer. */
    private static final class Interrupting implements TimeSource {

        private final TimeSource time;
        final AtomicInteger left = new AtomicInteger();
        private volatile Runnable action = () -> {};

        Interrupting(TimeSource time) {
            this.time = time;
        }

        void interrupt(int moment, Runnable with) {
            action = with;
            left.set(moment);
        }

        private void pass() {
            if (left.get() > 0 && left.decrementAndGet() == 0) {
                action.run();
            }
        }

        @Override
        public long nowMillis() {
            pass();
            return time.nowMillis();
        }

        @Override
        public long nanos() {
            pass();
            return time.nanos();
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
            pass();
            Timer timer = time.after(delay, task);
            return () -> {
                pass();
                timer.cancel();
            };
        }
    }

    @Test
    void a_time_out_of_the_callers_own_ends_the_upstream_call() throws Exception {
        Rig rig = hand();
        CompletableFuture<GatewayResponse> response = stream(rig).orTimeout(1, TimeUnit.MILLISECONDS);
        HandTransport.Exchange call = upstream.next();
        Rig.await("the call is given up", call::givenUp);
        settled(rig, Outcome.CANCELLED);
        assertThat(response).isCompletedExceptionally();
        close(rig);
    }

    @Test
    void completing_the_future_from_outside_is_refused() throws Exception {
        Rig rig = hand();
        CompletableFuture<GatewayResponse> response = stream(rig);
        GatewayResponse other = GatewayResponse.of(200, Headers.empty(), FixedBody.empty());
        assertThat(response.complete(other)).isFalse();
        assertThat(response.completeExceptionally(new IllegalStateException())).isFalse();
        assertThat(response.thenApply(GatewayResponse::status).complete(1)).isFalse();
        assertThat(response).isNotDone();
        upstream.next().events().push(START, CONTENT, STOP).end();
        Taker.of(response, 1);
        settled(rig, Outcome.OK);
        close(rig);
    }

    @Test
    void an_answer_that_comes_after_the_caller_left_is_closed() throws Exception {
        Rig rig = hand(builder -> builder.transport(new Transport() {
            @Override
            public CompletableFuture<UpstreamResponse> send(UpstreamRequest request) {
                CompletableFuture<UpstreamResponse> stubborn = new CompletableFuture<>() {
                    @Override
                    public boolean cancel(boolean flag) {
                        return false;
                    }
                };
                upstream.send(request).thenAccept(stubborn::complete);
                return stubborn;
            }

            @Override
            public void close() {
                // nothing to give back
            }
        }));
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next();
        response.cancel(true);
        call.events();
        assertThat(call.ended).isTrue();
        settled(rig, Outcome.CANCELLED);
        close(rig);
    }

    @Test
    void the_deadline_ends_the_upstream_call() throws Exception {
        Rig rig = hand();
        CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", Rig.SHORT);
        HandTransport.Exchange call = upstream.next();
        time.advance(Timeouts.defaults().deadline());
        assertThat(response.get().status()).isEqualTo(504);
        assertThat(call.givenUp()).isTrue();
        settled(rig, Outcome.TIMED_OUT);
        close(rig);
    }

    @Test
    void cancelling_between_two_tries_on_one_account_leaves_no_timer() throws Exception {
        Rig rig = hand();
        int before = time.pendingTimers();
        CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", Rig.SHORT);
        upstream.next().answer(529).end();
        assertThat(response).isNotDone();
        response.cancel(true);
        assertThat(time.pendingTimers()).isEqualTo(before);
        time.advance(Duration.ofSeconds(1));
        assertThat(upstream.sent).hasValue(1);
        settled(rig, Outcome.CANCELLED);
        close(rig);
    }

    @Test
    void a_second_try_that_begins_at_once_can_still_be_cancelled() throws Exception {
        TimeSource hasty = new TimeSource() {
            @Override
            public long nowMillis() {
                return time.nowMillis();
            }

            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public Timer after(Duration delay, Runnable task) {
                if (delay.toMillis() < 100 || delay.toMillis() > 300) {
                    return time.after(delay, task);
                }
                task.run();
                return () -> {};
            }
        };
        Rig rig = hand(builder -> builder.time(hasty));
        CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", Rig.SHORT);
        upstream.next().answer(529).end();
        HandTransport.Exchange second = upstream.next();
        response.cancel(true);
        assertThat(second.givenUp()).isTrue();
        settled(rig, Outcome.CANCELLED);
        close(rig);
    }

    @Test
    void a_listener_that_throws_is_counted_and_changes_nothing() throws Exception {
        Rig rig = hand(builder -> builder.listener(new GatewayListener() {
            @Override
            public void requestEnded(RequestRecord record) {
                throw new IllegalStateException("a broken listener");
            }
        }));
        CompletableFuture<GatewayResponse> response = stream(rig);
        upstream.next().events().push(START, CONTENT, STOP).end();
        Taker.of(response, 1);
        settled(rig, Outcome.OK);
        Rig.await("the failure is counted", () -> rig.gateway.status().listenerFailures() == 1);

        CompletableFuture<GatewayResponse> later = stream(rig);
        upstream.next().events().push(START, CONTENT, STOP).end();
        Taker.of(later, 1);
        settled(rig, Outcome.OK);
        Rig.await("it is told of later ones too", () -> rig.gateway.status().listenerFailures() == 2);
        close(rig);
    }

    @Test
    void a_listener_that_hangs_holds_nobody_up_and_what_it_misses_is_counted() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        Rig rig = hand(builder -> builder.listener(new GatewayListener() {
            @Override
            public void requestEnded(RequestRecord record) {
                try {
                    hanging.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                told.incrementAndGet();
            }
        }));
        int sent = 0;
        while (rig.gateway.status().droppedEvents() == 0 && sent < 200_000) {
            assertThat(rig.handle("GET", "/no/such/path", "").get().status()).isEqualTo(404);
            sent++;
        }
        long dropped = rig.gateway.status().droppedEvents();
        hanging.countDown();
        rig.close();
        assertThat(dropped).isPositive();
        assertThat(told.get() + dropped).isEqualTo(sent);
    }

    @Test
    void a_listener_that_leaves_its_thread_interrupted_keeps_no_record_from_others() throws Exception {
        Rig rig = hand(builder -> builder.listener(new GatewayListener() {
            @Override
            public void requestEnded(RequestRecord record) {
                Thread.currentThread().interrupt();
            }
        }));
        for (int i = 0; i < 2; i++) {
            CompletableFuture<GatewayResponse> response = stream(rig);
            upstream.next().events().push(START, CONTENT, STOP).end();
            Taker.of(response, 1);
            settled(rig, Outcome.OK);
        }
        close(rig);
    }

    @Test
    void a_strategy_that_throws_gives_way_to_store_order() throws Exception {
        Rig rig = hand(builder -> builder.strategy((request, pool) -> {
            throw new IllegalStateException("a broken strategy");
        }));
        CompletableFuture<GatewayResponse> response = stream(rig);
        upstream.next().events().push(START, CONTENT, STOP).end();
        Taker.of(response, 1);
        settled(rig, Outcome.OK);
        close(rig);
    }

    @Test
    void a_strategy_that_breaks_down_entirely_is_a_defect_with_an_answer() throws Exception {
        Rig rig = hand(builder -> builder.strategy((request, pool) -> {
            throw new StackOverflowError("a broken strategy");
        }));
        assertThat(stream(rig).get().status()).isEqualTo(500);
        settled(rig, Outcome.GATEWAY_ERROR);
        close(rig);
    }

    /** A provider one of whose functions throws. */
    private static class Broken implements Provider {
        final Provider sound = new AnthropicProvider();

        @Override
        public String name() {
            return sound.name();
        }

        @Override
        public List<Route> routes() {
            return sound.routes();
        }

        @Override
        public List<String> sessionHeaders() {
            return sound.sessionHeaders();
        }

        @Override
        public boolean accepts(io.ccflare.api.account.Credential credential) {
            return sound.accepts(credential);
        }

        @Override
        public @Nullable String modelClass(Route route, @Nullable String model) {
            return sound.modelClass(route, model);
        }

        @Override
        public UpstreamRequest prepare(
                io.ccflare.api.provider.ProviderCall call, io.ccflare.api.account.Account account) {
            return sound.prepare(call, account);
        }

        @Override
        public Verdict judge(Answer answer) {
            return sound.judge(answer);
        }

        @Override
        public ResponseReader reader(Route route, boolean stream, int status, Headers headers) {
            return sound.reader(route, stream, status, headers);
        }

        @Override
        public byte[] problemBody(Problem problem) {
            return sound.problemBody(problem);
        }

        @Override
        public byte @Nullable [] problemEvent(Problem problem) {
            return sound.problemEvent(problem);
        }

        static IllegalStateException defect() {
            return new IllegalStateException("a broken provider");
        }
    }

    @Test
    void a_provider_that_cannot_prepare_is_a_defect_with_an_answer() throws Exception {
        Rig rig = hand(builder -> builder.provider(new Broken() {
            @Override
            public UpstreamRequest prepare(
                    io.ccflare.api.provider.ProviderCall call, io.ccflare.api.account.Account account) {
                throw defect();
            }
        }));
        assertThat(stream(rig).get().status()).isEqualTo(500);
        settled(rig, Outcome.GATEWAY_ERROR);
        close(rig);
    }

    @Test
    void a_provider_that_has_no_reader_is_a_defect_with_an_answer() throws Exception {
        Rig rig = hand(builder -> builder.provider(new Broken() {
            @Override
            public ResponseReader reader(Route route, boolean stream, int status, Headers headers) {
                throw defect();
            }
        }));
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events();
        assertThat(response.get().status()).isEqualTo(500);
        assertThat(call.ended).isTrue();
        settled(rig, Outcome.GATEWAY_ERROR);
        close(rig);
    }

    @Test
    void a_provider_that_cannot_judge_is_a_defect_with_an_answer() throws Exception {
        Rig rig = hand(builder -> builder.provider(new Broken() {
            @Override
            public Verdict judge(Answer answer) {
                throw defect();
            }
        }));
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events();
        assertThat(response.get().status()).isEqualTo(500);
        assertThat(call.ended).isTrue();
        settled(rig, Outcome.GATEWAY_ERROR);
        CompletableFuture<GatewayResponse> refused = stream(rig);
        HandTransport.Exchange refusal = upstream.next().answer(429);
        refusal.end();
        assertThat(refused.get().status()).isEqualTo(500);
        settled(rig, Outcome.GATEWAY_ERROR);
        close(rig);
    }

    @Test
    void a_provider_that_cannot_judge_an_error_after_content_leaks_nothing() throws Exception {
        Rig rig = hand(builder -> builder.provider(new Broken() {
            @Override
            public Verdict judge(Answer answer) {
                if (answer.streamError() != null) {
                    throw defect();
                }
                return sound.judge(answer);
            }
        }));
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.push(HandTransport.ERROR);
        call.end();
        assertThat(taker.over()).isTrue();
        settled(rig, Outcome.STREAM_ERROR);
        close(rig);
    }

    @Test
    void a_provider_without_words_for_a_break_leaks_nothing() throws Exception {
        Rig rig = hand(builder -> builder.provider(new Broken() {
            @Override
            public byte @Nullable [] problemEvent(Problem problem) {
                throw defect();
            }
        }));
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.breakOff();
        assertThat(taker.broken).isNotNull();
        settled(rig, Outcome.CUT);
        close(rig);
    }

    @Test
    void a_provider_without_words_for_a_problem_fails_the_future() throws Exception {
        Rig rig = hand(builder -> builder.provider(new Broken() {
            @Override
            public byte[] problemBody(Problem problem) {
                throw defect();
            }
        }));
        assertThat(rig.handle("GET", "/nowhere", "")).isCompletedExceptionally();
        settled(rig, Outcome.GATEWAY_ERROR);
        CompletableFuture<GatewayResponse> response = stream(rig);
        upstream.next().drop();
        assertThat(response).isCompletedExceptionally();
        settled(rig, Outcome.GATEWAY_ERROR);
        close(rig);
    }

    @Test
    void a_transport_that_throws_or_gives_nothing_is_a_defect_with_an_answer() throws Exception {
        for (int kind = 0; kind < 4; kind++) {
            int garbage = kind;
            Rig rig = hand(builder -> builder.transport(new Transport() {
                @Override
                @SuppressWarnings("NullAway")
                public CompletableFuture<UpstreamResponse> send(UpstreamRequest request) {
                    return switch (garbage) {
                        case 0 -> throw new IllegalStateException("a broken transport");
                        case 1 -> null;
                        case 2 -> CompletableFuture.completedFuture(null);
                        default -> CompletableFuture.failedFuture(new IllegalStateException("no reason"));
                    };
                }

                @Override
                public void close() {
                    // nothing to give back
                }
            }));
            CompletableFuture<GatewayResponse> response = stream(rig);
            int status = response.get(5, TimeUnit.SECONDS).status();
            assertThat(status).as("garbage " + kind).isEqualTo(garbage == 3 ? 502 : 500);
            settled(rig, garbage == 3 ? Outcome.DROPPED : Outcome.GATEWAY_ERROR);
            close(rig);
        }
    }

    @Test
    void a_transport_that_breaks_down_after_content_leaves_one_record() throws Exception {
        CompletableFuture<HandTransport.Exchange> begun = new CompletableFuture<>();
        Rig rig = hand(builder -> builder.transport(new Transport() {
            @Override
            public CompletableFuture<UpstreamResponse> send(UpstreamRequest request) {
                HandTransport.Exchange exchange = new HandTransport.Exchange(request);
                exchange.events();
                begun.complete(exchange);
                return CompletableFuture.completedFuture(breakingDown(exchange));
            }

            @Override
            public void close() {
                // nothing to give back
            }
        }));
        CompletableFuture<GatewayResponse> response = stream(rig);
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        begun.get().push(STOP).end();
        assertThat(taker.over()).isTrue();
        settled(rig, Outcome.GATEWAY_ERROR);
        close(rig);
    }

    /** Sends content from within {@code subscribe}, then throws out of it. */
    private static UpstreamResponse breakingDown(HandTransport.Exchange exchange) {
        return new UpstreamResponse() {
            @Override
            public int status() {
                return exchange.status();
            }

            @Override
            public Headers headers() {
                return exchange.headers();
            }

            @Override
            public Flow.Publisher<List<ByteBuffer>> body() {
                return subscriber -> {
                    exchange.subscribe(subscriber);
                    exchange.push(START, CONTENT);
                    throw new IllegalStateException("a broken transport");
                };
            }

            @Override
            public void close() {
                exchange.close();
            }
        };
    }

    private Rig withReaderThatFailsAt(String function) {
        return hand(builder -> builder.provider(new Broken() {
            @Override
            public ResponseReader reader(Route route, boolean stream, int status, Headers headers) {
                ResponseReader reader = sound.reader(route, stream, status, headers);
                return (ResponseReader) java.lang.reflect.Proxy.newProxyInstance(
                        ResponseReader.class.getClassLoader(),
                        new Class<?>[] {ResponseReader.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals(function)) {
                                throw defect();
                            }
                            return method.invoke(reader, arguments);
                        });
            }
        }));
    }

    @Test
    void a_reader_that_throws_leaks_nothing() throws Exception {
        Rig rig = withReaderThatFailsAt("read");
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events();
        call.push(START);
        assertThat(call.ended).isTrue();
        assertThat(response.get(5, TimeUnit.SECONDS).status()).isEqualTo(502);
        rig.record();
        rig.awaitQuiet();
        close(rig);
    }

    @ParameterizedTest
    @ValueSource(strings = {"end", "whole", "usage", "usageFinal", "error", "model", "stopReason"})
    void a_reader_that_cannot_tell_how_a_stream_ended_leaks_nothing(String function) throws Exception {
        Rig rig = withReaderThatFailsAt(function);
        CompletableFuture<GatewayResponse> response = stream(rig);
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT, STOP);
        Taker taker = Taker.of(response, Long.MAX_VALUE);
        call.end();
        assertThat(taker.over()).isTrue();
        rig.record();
        rig.awaitQuiet();
        close(rig);
    }

    @ParameterizedTest
    @ValueSource(strings = {"end", "whole", "usage", "error", "model", "stopReason", "betweenEvents"})
    void a_reader_that_cannot_tell_of_a_broken_or_abandoned_stream_leaks_nothing(String function) throws Exception {
        Rig rig = withReaderThatFailsAt(function);
        CompletableFuture<GatewayResponse> broken = stream(rig);
        HandTransport.Exchange call = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(broken, Long.MAX_VALUE);
        call.breakOff();
        assertThat(taker.broken).isNotNull();
        rig.record();
        rig.awaitQuiet();

        CompletableFuture<GatewayResponse> cancelled = stream(rig);
        HandTransport.Exchange second = upstream.next().events().push(START);
        cancelled.cancel(true);
        assertThat(second.ended).isTrue();
        settled(rig, Outcome.CANCELLED);

        CompletableFuture<GatewayResponse> read = stream(rig);
        HandTransport.Exchange third = upstream.next().events().push(START, CONTENT);
        Taker.of(read, 1).cancel();
        assertThat(third.ended).isTrue();
        settled(rig, Outcome.CANCELLED);
        close(rig);
    }

    @Test
    void shutting_down_answers_who_waits_and_breaks_off_who_reads() throws Exception {
        GatewaySettings settings = GatewaySettings.builder()
                .timeouts(Timeouts.builder().drain(Duration.ZERO).build())
                .build();
        Rig rig = hand(builder -> builder.settings(settings));
        CompletableFuture<GatewayResponse> reading = stream(rig);
        HandTransport.Exchange streaming = upstream.next().events().push(START, CONTENT);
        Taker taker = Taker.of(reading, 1);
        CompletableFuture<GatewayResponse> waiting = stream(rig);
        HandTransport.Exchange pending = upstream.next();
        rig.gateway.close();

        assertThat(taker.broken).isNotNull();
        assertThat(waiting.get().status()).isEqualTo(503);
        assertThat(streaming.ended).isTrue();
        assertThat(pending.givenUp()).isTrue();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BUSY);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BUSY);
        rig.awaitQuiet();
        assertThat(stream(rig).get().status()).isEqualTo(503);
        assertThat(time.pendingTimers()).as("timers left").isZero();
        rig.upstream.close();
    }

    @Test
    void a_broken_upload_is_the_callers_fault_and_leaks_nothing() throws Exception {
        try (Rig rig = new Rig(1)) {
            for (String target : List.of("/v1/messages", "/v1/files")) {
                GatewayRequest request = GatewayRequest.builder("POST", target)
                        .body(breaking(), -1)
                        .build();
                Reply reply = Reply.of(rig.gateway.handle(request).get(10, TimeUnit.SECONDS));
                assertThat(reply.status()).as(target).isEqualTo(400);
                settled(rig, Outcome.BAD_REQUEST);
            }
            assertThat(rig.gateway.status().accounts().get(0).state().cooldowns())
                    .isEmpty();
        }
    }

    /** A body of which a part comes before it breaks off. */
    private static Flow.Publisher<List<ByteBuffer>> breaking() {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private int asked;

            @Override
            public void request(long n) {
                if (asked++ == 0) {
                    subscriber.onNext(List.of(ByteBuffer.wrap("{\"model\":".getBytes(StandardCharsets.UTF_8))));
                } else {
                    subscriber.onError(new java.io.IOException("the client went away"));
                }
            }

            @Override
            public void cancel() {
                // nothing to give back
            }
        });
    }

    @Test
    void cancelling_while_the_body_is_read_frees_the_guess_of_its_session() throws Exception {
        String body = "{\"model\":\"claude-opus-4-8\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(400)
                + "\"}]}";
        CompletableFuture<?>[] first = new CompletableFuture<?>[1];
        Rig rig = hand(builder -> builder.provider(new Broken() {
            @Override
            public @Nullable String modelClass(Route route, @Nullable String model) {
                CompletableFuture<?> running = first[0];
                if (running != null) {
                    first[0] = null;
                    running.cancel(true);
                }
                return sound.modelClass(route, model);
            }
        }));
        LateBody late = new LateBody(body);
        CompletableFuture<GatewayResponse> cancelled = rig.gateway.handle(
                GatewayRequest.builder("POST", "/v1/messages").body(late, -1).build());
        first[0] = cancelled;
        late.send();
        assertThat(cancelled).isCancelled();
        settled(rig, Outcome.CANCELLED);

        CompletableFuture<GatewayResponse> next = rig.handle("POST", "/v1/messages", body);
        upstream.next().json().push("{}").end();
        Taker.of(next, 1);
        assertThat(settled(rig, Outcome.OK).session()).isNotNull();
        close(rig);
    }
}
