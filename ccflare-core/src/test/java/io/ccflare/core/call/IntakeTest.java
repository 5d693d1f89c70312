package io.ccflare.core.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Provider;
import io.ccflare.api.provider.Route;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.anthropic.AnthropicProvider;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {

    private static final List<Provider> PROVIDERS = List.of(new AnthropicProvider());
    private static final String LONG = "x".repeat(5000);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/files/..",
                "/v1/../admin",
                "/v1/./x",
                "/v1/files/%2e%2e/x",
                "/v1/files/.%2E/x",
                "/v1/files/%2E",
                "/v1/files/a%2f..%2fb",
                "/v1/files/a%2F%2e%2e",
                "/v1/files/..%5cx",
                "/v1/files/a\\..\\b",
                "/v1/files/..;/x",
                "/v1/files/..;v=1/x",
                "/v1/files/%2e%2e%3bv/x",
                "/.."
            })
    void pathsThatSomeUpstreamMightReadAsClimbingAreSeen(String path) {
        assertThat(Intake.climbs(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/messages",
                "/v1/files/a..b",
                "/v1/files/...",
                "/v1/files/.hidden",
                "/v1/models/claude-3.5",
                "/v1//x",
                "/v1/a;b",
                "/"
            })
    void ordinaryPathsAreNotTakenForClimbing(String path) {
        assertThat(Intake.climbs(path)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/messages, messages, /v1/messages",
        "/v1/anthropic/v1/messages, messages, /v1/messages",
        "/v1/messages/count_tokens, count_tokens, /v1/messages/count_tokens",
        "/v1/models/claude-x, models, /v1/models/claude-x",
        "/v1/anthropic/v1/files/f1/content, files, /v1/files/f1/content",
        "/v1/messages/batches, batches, /v1/messages/batches"
    })
    void pathsAreRoutedWithTheProvidersPrefixTakenOffOnce(String path, String route, String up) {
        Intake.Destination to = Intake.resolve(PROVIDERS, GatewaySettings.defaults(), path);
        assertThat(to).isNotNull();
        assertThat(to.route().name()).isEqualTo(route);
        assertThat(to.path()).isEqualTo(up);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/anthropic/v1/anthropic/v1/messages",
                "/v1/anthropicx/v1/messages",
                "/v1/anthropic",
                "/v1/anthropic//v1/messages",
                "/v1/organizations/me",
                "/v1/oauth/token",
                "/v1/chat/completions",
                "/v1/messages/",
                "/v1/MESSAGES",
                "/",
                "/v1/"
            })
    void otherPathsAreNotPassedOn(String path) {
        assertThat(Intake.resolve(PROVIDERS, GatewaySettings.defaults(), path)).isNull();
    }

    @Test
    void theListCanBeWidenedAndNarrowed() {
        GatewaySettings settings = GatewaySettings.defaults().toBuilder()
                .extraRoutes(
                        List.of(Route.builder("extra", "/v1/organizations/{}").build()))
                .deniedRoutes(java.util.Set.of("files"))
                .build();
        Intake.Destination extra = Intake.resolve(PROVIDERS, settings, "/v1/organizations/me");
        assertThat(extra).isNotNull();
        assertThat(extra.route().name()).isEqualTo("extra");
        assertThat(Intake.resolve(PROVIDERS, settings, "/v1/files/f1")).isNull();
    }

    @Test
    void modelStreamAndTargetAreRead() {
        Facts facts = read(
                "/v1/anthropic/v1/messages?beta=true",
                Headers.empty(),
                "{\"model\":\"claude-sonnet-4-5\",\"stream\":true}");
        assertThat(facts.model()).isEqualTo("claude-sonnet-4-5");
        assertThat(facts.stream()).isTrue();
        assertThat(facts.target()).isEqualTo("/v1/messages?beta=true");
        assertThat(facts.session()).isNull();
    }

    @Test
    void aBodyThatIsNotJsonIsTheProvidersToJudge() {
        Facts facts = read("/v1/messages", Headers.empty(), "not json \u0000");
        assertThat(facts.model()).isNull();
        assertThat(facts.session()).isNull();
    }

    @Test
    void aSessionHeaderGoesBeforeTheBody() {
        Headers named = Headers.builder().add("X-Claude-Code-Session-Id", "s1").build();
        String body = "{\"metadata\":{\"user_id\":\"user_1_session_abcdefgh\"}}";
        assertThat(session("/v1/messages", named, body)).isEqualTo(SessionKey.told("anthropic", null, "s1"));
        assertThat(session(
                        "/v1/messages",
                        Headers.builder().add("x-session-id", " ").build(),
                        body))
                .isEqualTo(SessionKey.told("anthropic", null, "abcdefgh"));
    }

    @Test
    void aConversationIsGuessedFromItsBeginningWhenThatIsLongEnough() {
        String begin = "{\"system\":\"" + LONG + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}";
        SessionKey first = session("/v1/messages", Headers.empty(), begin + "]}");
        SessionKey later =
                session("/v1/messages", Headers.empty(), begin + ",{\"role\":\"assistant\",\"content\":\"yo\"}]}");
        assertThat(first).isNotNull().isEqualTo(later);
        assertThat(first.guessed()).isTrue();
        String brief = "{\"system\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        assertThat(session("/v1/messages", Headers.empty(), brief)).isNull();
    }

    @Test
    void onlyConversationsHaveASession() {
        Headers named = Headers.builder().add("x-session-id", "s1").build();
        assertThat(session("/v1/messages/count_tokens", named, "{}")).isNull();
    }

    private static @Nullable SessionKey session(String target, Headers headers, String body) {
        return read(target, headers, body).session();
    }

    private static Facts read(String target, Headers headers, String body) {
        GatewayRequest request =
                GatewayRequest.builder("POST", target).headers(headers).build();
        GatewaySettings settings = GatewaySettings.defaults();
        Intake.Destination to = Intake.resolve(PROVIDERS, settings, request.path());
        if (to == null) {
            throw new AssertionError("no route for " + target);
        }
        return Intake.read(to, request, List.of(ByteBuffer.wrap(body.getBytes(UTF_8))), settings);
    }
}
