package io.ccflare.core.engine;

import static io.ccflare.core.engine.HandTransport.CONTENT;
import static io.ccflare.core.engine.HandTransport.START;
import static io.ccflare.core.engine.HandTransport.STOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.core.routing.SessionStrategy;
import io.ccflare.testkit.TestTime;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What the host puts in and sets is what counts, from the next request on. */
class SettingsTest {

    private final HandTransport upstream = new HandTransport();
    private final TestTime time = new TestTime();

    private static CompletableFuture<GatewayResponse> post(Rig rig, String body, String... headers) {
        return rig.handle("POST", "/v1/messages", body, headers);
    }

    private static GatewaySettings.Builder impatient() {
        return GatewaySettings.builder()
                .timeouts(Timeouts.builder().waitForAccount(Duration.ZERO).build());
    }

    @Test
    void ids_times_and_jitter_come_from_the_host() throws Exception {
        try (Rig rig = new Rig(
                1,
                builder -> builder.transport(upstream)
                        .time(time)
                        .ids(() -> "the-id")
                        .jitter(() -> 0L))) {
            CompletableFuture<GatewayResponse> response = post(rig, Rig.SHORT);
            upstream.next().answer(529).end();
            time.advance(Duration.ofMillis(99));
            assertThat(upstream.sent).hasValue(1);
            time.advance(Duration.ofMillis(1));
            assertThat(upstream.sent).as("with the least jitter").hasValue(2);
            upstream.next().json().push("{}").end();
            Taker.of(response, 1);

            assertThat(response.get().headers().first("ccflare-request-id")).isEqualTo("the-id");
            RequestRecord record = rig.record();
            assertThat(record.id()).isEqualTo("the-id");
            assertThat(record.startedAt()).isEqualTo(TestTime.START);
            assertThat(record.timing().total()).isEqualTo(Duration.ofMillis(100));
        }
    }

    @Test
    void a_running_request_keeps_the_settings_that_it_began_with() throws Exception {
        try (Rig rig = new Rig(1, builder -> builder.transport(upstream).time(time))) {
            CompletableFuture<GatewayResponse> before = post(rig, Rig.STREAM);
            rig.gateway.configure(GatewaySettings.builder().exposeHeaders(false).build());
            CompletableFuture<GatewayResponse> after = post(rig, Rig.STREAM);
            upstream.next().events().push(START, CONTENT, STOP).end();
            upstream.next().events().push(START, CONTENT, STOP).end();
            assertThat(before.get().headers().first("ccflare-request-id")).isNotNull();
            assertThat(after.get().headers().first("ccflare-request-id")).isNull();
            Taker.of(before, 1);
            Taker.of(after, 1);
        }
    }

    @Test
    void another_limit_of_calls_on_one_account_holds_from_now_on() throws Exception {
        try (Rig rig = new Rig(
                1,
                builder -> builder.transport(upstream)
                        .time(time)
                        .settings(impatient().build()))) {
            CompletableFuture<GatewayResponse> open = post(rig, Rig.SHORT);
            upstream.next();
            rig.gateway.configure(impatient().maxInFlightPerAccount(1).build());
            CompletableFuture<GatewayResponse> second = post(rig, Rig.SHORT);
            assertThat(second).isDone();
            assertThat(second.get().status()).isEqualTo(429);
            open.cancel(true);
        }
    }

    @Test
    void another_limit_of_bindings_holds_from_now_on() throws Exception {
        try (Rig rig = new Rig(1, builder -> builder.transport(upstream).time(time))) {
            rig.gateway.configure(GatewaySettings.builder().maxBindings(1).build());
            assertThat(reason(rig, "s")).isNotEqualTo("bound");
            assertThat(reason(rig, "s")).isEqualTo("bound");
            assertThat(reason(rig, "t")).isNotEqualTo("bound");
            assertThat(reason(rig, "s")).as("another came after it").isNotEqualTo("bound");
        }
    }

    @Test
    void another_length_of_a_session_holds_for_the_default_strategy_from_now_on() throws Exception {
        try (Rig rig = new Rig(2, builder -> builder.transport(upstream).time(time))) {
            assertThat(reason(rig)).isEqualTo("first in order");
            time.advance(Duration.ofHours(2));
            assertThat(explained(rig)).isEqualTo("newest open session");
            rig.gateway.configure(GatewaySettings.builder()
                    .sessionDuration(Duration.ofHours(1))
                    .build());
            assertThat(explained(rig)).isEqualTo("first in order");
            assertThat(reason(rig)).isEqualTo("first in order");
        }
    }

    @Test
    void a_strategy_of_the_hosts_stays_as_it_is_when_the_length_of_a_session_changes() throws Exception {
        try (Rig rig =
                new Rig(2, builder -> builder.transport(upstream).time(time).strategy(new SessionStrategy()))) {
            assertThat(reason(rig)).isEqualTo("first in order");
            time.advance(Duration.ofHours(2));
            rig.gateway.configure(GatewaySettings.builder()
                    .sessionDuration(Duration.ofHours(1))
                    .build());
            assertThat(explained(rig)).isEqualTo("newest open session");
            assertThat(reason(rig)).isEqualTo("newest open session");
        }
    }

    private static String explained(Rig rig) {
        RoutingRequest request = new RoutingRequest("anthropic", "messages", null, null, null, null);
        return rig.gateway.explain(request).places().get(0).reason();
    }

    private String reason(Rig rig) throws Exception {
        CompletableFuture<GatewayResponse> response = post(rig, Rig.SHORT);
        upstream.next().json().push("{}").end();
        Taker.of(response, 1);
        return rig.record().attempts().get(0).reason();
    }

    private String reason(Rig rig, String session) throws Exception {
        CompletableFuture<GatewayResponse> response = post(rig, Rig.SHORT, "x-session-id", session);
        upstream.next().json().push("{}").end();
        Taker.of(response, 1);
        return rig.record().attempts().get(0).reason();
    }

    @Test
    void no_more_attempts_fail_than_the_settings_allow_and_refusals_do_not_count() throws Exception {
        try (Rig rig = new Rig(
                4,
                builder -> builder.transport(upstream)
                        .time(time)
                        .settings(impatient().maxAttempts(2).build()))) {
            CompletableFuture<GatewayResponse> response = post(rig, Rig.SHORT);
            upstream.next().answer(429, "retry-after", "30").end();
            upstream.next().drop();
            upstream.next().drop();
            assertThat(response).isDone();
            assertThat(response.get().status()).isEqualTo(502);
            assertThat(upstream.sent).hasValue(3);
        }
    }

    @Test
    void the_operator_is_warned_once_when_nobody_in_particular_asks_from_another_machine() throws Exception {
        Queue<String> warnings = new ConcurrentLinkedQueue<>();
        Handler capture = new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLevel() == Level.WARNING && record.getMessage().contains("nobody was authenticated")) {
                    warnings.add(record.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger(Gateway.class.getName());
        log.addHandler(capture);
        try (Rig rig = new Rig(1)) {
            rig.gateway.handle(from(127, 0, 0, 1).build()).get().close();
            rig.gateway
                    .handle(from(192, 0, 2, 1).caller("somebody").build())
                    .get()
                    .close();
            assertThat(warnings).isEmpty();
            rig.gateway.handle(from(192, 0, 2, 1).build()).get().close();
            rig.gateway.handle(from(192, 0, 2, 1).build()).get().close();
            assertThat(warnings).hasSize(1);
        } finally {
            log.removeHandler(capture);
        }
    }

    private static GatewayRequest.Builder from(int... address) throws Exception {
        byte[] bytes = new byte[address.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) address[i];
        }
        return GatewayRequest.builder("GET", "/no/such/path").remote(InetAddress.getByAddress(bytes));
    }
}
