package io.ccflare.core.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Problem;
import io.ccflare.api.provider.ProviderCall;
import io.ccflare.api.provider.Route;
import io.ccflare.api.provider.Route.Affinity;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AnthropicProviderTest {

    private static final AnthropicProvider PROVIDER = new AnthropicProvider();
    private static final Route MESSAGES = PROVIDER.routes().get(0);
    private static final Credential OAUTH = new Credential.OAuth(Secret.of("test-token"), null, null);

    @ParameterizedTest
    @CsvSource({
        "/v1/messages, messages, CONVERSATION, true, true, true",
        "/v1/messages/count_tokens, count_tokens, ANY, true, true, false",
        "/v1/messages/batches, batches, OWNER, false, false, false",
        "/v1/messages/batches/msgbatch_1/results, batches, OWNER, false, false, false",
        "/v1/models, models, ANY, false, false, false",
        "/v1/models/claude-opus-5, models, ANY, false, false, false",
        "/v1/complete, complete, ANY, true, true, false",
        "/v1/files, files, OWNER, false, false, false",
        "/v1/files/file_1/content, files, OWNER, false, false, false",
        "/v1/skills/s/versions/1, skills, OWNER, false, false, false",
        "/v1/sessions/s/events/stream, sessions, OWNER, false, false, false",
        "/v1/agents, agents, OWNER, false, false, false",
        "/v1/environments/e, environments, OWNER, false, false, false",
        "/v1/vaults/v, vaults, OWNER, false, false, false",
        "/v1/memory_stores/m, memory_stores, OWNER, false, false, false",
        "/v1/deployments/d, deployments, OWNER, false, false, false",
        "/v1/tunnels/t, tunnels, OWNER, false, false, false",
        "/v1/user_profiles/u, user_profiles, OWNER, false, false, false"
    })
    void thePublicApiIsRouted(
            String path, String name, Affinity affinity, boolean gathered, boolean replayable, boolean metered) {
        Route route = route(path).orElseThrow();

        assertThat(route.name()).isEqualTo(name);
        assertThat(route.affinity()).isEqualTo(affinity);
        assertThat(route.gathered()).isEqualTo(gathered);
        assertThat(route.replayable("POST")).isEqualTo(replayable);
        assertThat(route.replayable("GET")).isTrue();
        assertThat(route.metered()).isEqualTo(metered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/messagesx",
                "/v1/messages/",
                "/v1/messages/other",
                "/v1/models/a/b",
                "/v1/organizations/me",
                "/v1/oauth/token",
                "/api/oauth/profile",
                "/api/hello",
                "/v1/chat/completions",
                "/v1/files/../organizations/me",
                "/v1/files/%2e%2e/organizations/me",
                "/V1/messages"
            })
    void allElseIsNot(String path) {
        assertThat(route(path)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "claude-opus-5-5, opus",
        "claude-opus-4-1-20250805, opus",
        "claude-3-5-haiku-20241022, haiku",
        "claude-3-opus-latest, opus",
        "claude-sonnet-4-6, sonnet",
        "anthropic/claude-fable-5-1, fable",
        "us.anthropic.claude-mythos-5-1-v1:0, mythos",
        "Claude-Opus-5, opus",
        "claude-saga-1, saga",
        "claude-2.1,",
        "claude-,",
        "gpt-6,",
        "'',",
        ","
    })
    void theClassOfAMessageIsTheFamilyOfItsModel(@Nullable String model, @Nullable String family) {
        assertThat(PROVIDER.modelClass(MESSAGES, model)).isEqualTo(family);
    }

    @Test
    void otherRoutesAreLimitedByThemselves() {
        assertThat(PROVIDER.modelClass(route("/v1/messages/count_tokens").orElseThrow(), "claude-opus-5"))
                .isEqualTo("count_tokens");
        assertThat(PROVIDER.modelClass(route("/v1/files").orElseThrow(), null)).isEqualTo("files");
    }

    @Test
    void anApiKeyIsPutInAndNothingElseChanges() {
        Headers callers = Headers.of(
                "Accept", "application/json",
                "anthropic-version", "2026-10-21",
                "X-Odd", "a",
                "anthropic-beta", "x-1, y-2",
                "x-odd", "b",
                "anthropic-beta", "z-3");

        UpstreamRequest request = prepare("/v1/messages?beta=true&a=%2F", callers, Credential.apiKey("test-key"), null);

        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.origin()).isEqualTo(URI.create("https://api.anthropic.com"));
        assertThat(request.target()).isEqualTo("/v1/messages?beta=true&a=%2F");
        assertThat(request.headers())
                .isEqualTo(callers.toBuilder().add("x-api-key", "test-key").build());
    }

    @Test
    void noVersionIsInvented() {
        assertThat(prepare("/v1/messages", Headers.empty(), Credential.apiKey("k"), null)
                        .headers())
                .isEqualTo(Headers.of("x-api-key", "k"));
    }

    @Test
    void aCallersCredentialNeverGoesUpBesideTheAccounts() {
        Headers callers = Headers.of("X-Api-Key", "callers", "AUTHORIZATION", "Bearer callers", "x-api-key", "callers");

        assertThat(prepare("/v1/messages", callers, Credential.apiKey("k"), null)
                        .headers())
                .isEqualTo(Headers.of("x-api-key", "k"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://proxy.example/anthropic, /anthropic/v1/messages?beta=true",
        "https://proxy.example/anthropic/, /anthropic/v1/messages?beta=true",
        "https://proxy.example/a%20b, /a%20b/v1/messages?beta=true",
        "http://127.0.0.1:8081, /v1/messages?beta=true",
        "http://127.0.0.1:8081/, /v1/messages?beta=true"
    })
    void anEndpointsPathStandsBeforeTheApis(URI endpoint, String target) {
        UpstreamRequest request = prepare("/v1/messages?beta=true", Headers.empty(), Credential.apiKey("k"), endpoint);

        assertThat(request.origin().getAuthority()).isEqualTo(endpoint.getAuthority());
        assertThat(request.target()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request_error",
        "401, authentication_error",
        "403, permission_error",
        "404, not_found_error",
        "405, invalid_request_error",
        "413, request_too_large",
        "429, rate_limit_error",
        "500, api_error",
        "502, api_error",
        "503, api_error",
        "504, timeout_error",
        "529, overloaded_error"
    })
    void aProblemHasTheTypeOfItsStatus(int status, String type) {
        JsonNode document = json(PROVIDER.problemBody(new Problem(status, "m", "r", null)));

        assertThat(document.at("/error/type").asString()).isEqualTo(type);
        assertThat(document.at("/error").has("retry_at")).isFalse();
    }

    @Test
    void aProblemIsProperJsonWhateverItsText() {
        String text = "a \"quoted\" \\ back\nslash\r\t\u0000\u001f\u2028 é 😀 </script>";
        Instant at = Instant.parse("2026-07-31T17:20:00Z");

        JsonNode document = json(PROVIDER.problemBody(new Problem(429, text, "req\"1", at)));

        assertThat(document.at("/type").asString()).isEqualTo("error");
        assertThat(document.at("/error/message").asString()).isEqualTo(text + " Try again at 2026-07-31T17:20:00Z.");
        assertThat(document.at("/error/retry_at").asString()).isEqualTo("2026-07-31T17:20:00Z");
        assertThat(document.at("/request_id").asString()).isEqualTo("req\"1");
    }

    @Test
    void aProblemEventIsOneWholeEvent() {
        String event = new String(PROVIDER.problemEvent(new Problem(502, "cut\nhere", "r", null)), UTF_8);

        assertThat(event)
                .isEqualTo("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
                        + "\"message\":\"cut\\u000ahere\"},\"request_id\":\"r\"}\n\n");
    }

    @Test
    void keysAndTokensAreAccepted() {
        assertThat(PROVIDER.accepts(Credential.apiKey("k"))).isTrue();
        assertThat(PROVIDER.accepts(OAUTH)).isFalse();
        assertThat(PROVIDER.name()).isEqualTo("anthropic");
        assertThat(PROVIDER.sessionHeaders()).containsExactly("x-session-id", "x-claude-code-session-id");
    }

    private static Optional<Route> route(String path) {
        return PROVIDER.routes().stream().filter(route -> route.matches(path)).findFirst();
    }

    private static UpstreamRequest prepare(
            String target, Headers headers, Credential credential, @Nullable URI endpoint) {
        Account account =
                Account.builder("1", "one", credential).endpoint(endpoint).build();
        return PROVIDER.prepare(new ProviderCall(MESSAGES, "POST", target, headers, new UpstreamBody.None()), account);
    }

    private static JsonNode json(byte[] bytes) {
        return JsonMapper.shared().readTree(bytes);
    }
}
