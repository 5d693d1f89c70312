package io.ccflare.adapter.vertx.transport;

import static io.ccflare.testkit.Waits.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.core.Gateway;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.fake.Fault;
import io.ccflare.testkit.transport.Reading;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine over this transport. */
class GatewayTest {

    private static final byte[] QUESTION =
            "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"
                    .getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(strings = {"RATE_LIMITED", "OVERLOADED", "REFUSED", "RESET_BEFORE_HEADERS", "ERROR_EVENT_FIRST"})
    void aStreamComesFromTheNextAccountWhenTheFirstCannot(String fault) throws Exception {
        Vertx vertx = Vertx.vertx();
        try (FakeUpstream upstream = FakeUpstream.start();
                VertxTransport transport = VertxTransport.create(vertx);
                Gateway gateway = gateway(upstream, transport)) {
            upstream.account("key-of-one").fault(Fault.named(fault));
            upstream.account("key-of-two");
            CompletableFuture<GatewayResponse> onTheLoop = new CompletableFuture<>();
            vertx.runOnContext(nothing -> gateway.handle(question()).whenComplete((response, error) -> {
                if (error == null) {
                    onTheLoop.complete(response);
                } else {
                    onTheLoop.completeExceptionally(error);
                }
            }));
            GatewayResponse response = get(onTheLoop);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers().first("ccflare-account")).isEqualTo("two");
            assertThat(Reading.all(response.body()).text())
                    .startsWith("event: message_start")
                    .contains("event: message_stop");
        } finally {
            get(vertx.close().toCompletionStage().toCompletableFuture());
        }
    }

    @Test
    void aStreamThatBreaksOffIsVisiblyBroken() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (FakeUpstream upstream = FakeUpstream.start();
                VertxTransport transport = VertxTransport.create(vertx);
                Gateway gateway = gateway(upstream, transport)) {
            upstream.account("key-of-one").fault(Fault.RESET_MID_STREAM);
            upstream.account("key-of-two").fault(Fault.RESET_MID_STREAM);
            Reading reading = Reading.all(get(gateway.handle(question())).body());
            assertThatThrownBy(reading::text).isInstanceOf(ExecutionException.class);
        } finally {
            get(vertx.close().toCompletionStage().toCompletableFuture());
        }
    }

    private static Gateway gateway(FakeUpstream upstream, VertxTransport transport) {
        return Gateway.builder(() -> List.of(account("one", 0, upstream), account("two", 1, upstream)))
                .transport(transport)
                .build();
    }

    private static Account account(String name, int priority, FakeUpstream upstream) {
        return Account.builder(name, name, Credential.apiKey("key-of-" + name))
                .priority(priority)
                .endpoint(upstream.uri())
                .build();
    }

    private static GatewayRequest question() {
        return GatewayRequest.builder("POST", "/v1/messages")
                .headers(Headers.of("content-type", "application/json", "anthropic-version", "2023-06-01"))
                .body(FixedBody.of(QUESTION))
                .caller("test")
                .build();
    }
}
