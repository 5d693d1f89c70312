package io.ccflare.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Credential;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.state.Cooldown;
import io.ccflare.core.memory.InMemorySharedState;
import io.ccflare.core.routing.LeastLoadedStrategy;
import io.ccflare.testkit.TestTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What two nodes over one shared state know of each other, and what a restart finds. */
class SharingTest {

    private final TestTime time = new TestTime();
    private final HandTransport upstream = new HandTransport();
    private final InMemorySharedState state = new InMemorySharedState();
    private final Rig one = node();
    private final Rig other = node();

    /** Whom the strategy would choose depends on the store order alone: who is second there is chosen for a session. */
    private Rig node() {
        return new Rig(
                2,
                builder -> builder.transport(upstream)
                        .time(time)
                        .sharedState(state)
                        .strategy(new LeastLoadedStrategy()));
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    private void until(String what, BooleanSupplier condition) {
        Rig.advanceUntil(time, Duration.ofSeconds(60), what, condition);
    }

    private static List<Cooldown> cooldowns(Rig node) {
        return node.gateway.status().accounts().get(0).state().cooldowns();
    }

    private void limited(Rig node) throws Exception {
        CompletableFuture<GatewayResponse> response =
                node.handle("POST", "/v1/messages", Rig.SHORT, "x-session-id", "s");
        upstream.next().answer(429, "retry-after", "600").end();
        upstream.next().json().push("{}").end();
        Taker.of(response, 1);
    }

    private String servedBy(Rig node) throws Exception {
        CompletableFuture<GatewayResponse> response =
                node.handle("POST", "/v1/messages", Rig.SHORT, "x-session-id", "s");
        HandTransport.Exchange call = upstream.next();
        call.json().push("{}").end();
        Taker.of(response, 1);
        return String.valueOf(call.request.headers().first("x-api-key"));
    }

    @Test
    void a_limit_and_a_binding_are_known_on_the_other_node_and_after_a_restart() throws Exception {
        limited(one);
        until("the other node knows", () -> !cooldowns(other).isEmpty());
        assertThat(servedBy(other)).isEqualTo("key-b");
        one.gateway.close();
        try (Rig restarted = node()) {
            assertThat(cooldowns(restarted)).hasSize(1);
            time.advance(Duration.ofMinutes(11));
            assertThat(servedBy(restarted))
                    .as("bound, though the first is back")
                    .isEqualTo("key-b");
        }
    }

    @Test
    void what_an_operator_lifts_is_lifted_on_every_node() throws Exception {
        limited(one);
        until("the other node knows", () -> !cooldowns(other).isEmpty());
        one.gateway.lift("id-a");
        until("it is lifted there too", () -> cooldowns(other).isEmpty());
        assertThat(cooldowns(one)).isEmpty();
    }

    @Test
    void what_an_old_credential_was_refused_for_is_lifted_on_every_node() throws Exception {
        limited(one);
        until("the other node knows", () -> !cooldowns(other).isEmpty());
        one.accounts.set(
                0,
                one.accounts.get(0).toBuilder()
                        .credential(Credential.apiKey("key-a2"))
                        .build());
        one.gateway.reload().join();
        until("it is lifted there too", () -> cooldowns(other).isEmpty());
    }

    @Test
    void streams_that_a_shutdown_breaks_off_stay_bound() throws Exception {
        CompletableFuture<GatewayResponse> response =
                one.handle("POST", "/v1/messages", Rig.STREAM, "x-session-id", "s");
        upstream.next().answer(429, "retry-after", "1").end();
        upstream.next().events().push(HandTransport.START, HandTransport.CONTENT);
        Taker taker = Taker.of(response, 1);
        one.gateway.configure(one.gateway.settings().toBuilder()
                .timeouts(one.gateway.settings().timeouts().toBuilder()
                        .drain(Duration.ZERO)
                        .build())
                .build());
        one.gateway.close();
        assertThat(taker.broken).isNotNull();
        time.advance(Duration.ofSeconds(2));
        try (Rig restarted = node()) {
            assertThat(servedBy(restarted)).isEqualTo("key-b");
        }
    }
}
