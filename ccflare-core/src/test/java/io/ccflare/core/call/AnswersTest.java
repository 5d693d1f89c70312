package io.ccflare.core.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Problem;
import io.ccflare.core.anthropic.AnthropicProvider;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswersTest {

    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"-5000, 1", "0, 1", "1, 1", "1000, 1", "1001, 2", "58001, 59", "60000, 59", "86400000, 59"})
    void theWaitIsWholeSecondsThatAClientWillWait(long millis, long seconds) {
        assertThat(Answers.retryAfter(NOW.plusMillis(millis), NOW)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({"team one, team one", "müller, m%C3%BCller", "100%, 100%25", "'a\r\nx: y', a%0D%0Ax: y"})
    void aNameIsMadeSafeForAHeader(String name, String safe) {
        assertThat(Answers.headerSafe(name)).isEqualTo(safe);
    }

    @Test
    void aProblemIsToldInTheDialectOfTheCaller() {
        GatewayResponse response = answer(false, true);
        StrictClient client = StrictClient.unbounded();
        response.body().subscribe(client);
        assertThat(response.status()).isEqualTo(429);
        assertThat(client.text()).contains("\"rate_limit_error\"").contains("all limited");
        assertThat(response.headers())
                .isEqualTo(Headers.builder()
                        .add("content-type", "application/json")
                        .add("content-length", Integer.toString(client.text().length()))
                        .add("retry-after", "9")
                        .add("ccflare-request-id", "ccf_1")
                        .add("ccflare-attempts", "2")
                        .build());
    }

    @Test
    void aHeadIsAnsweredWithTheSameHeadersAndNoBody() {
        GatewayResponse response = answer(true, true);
        StrictClient client = StrictClient.unbounded();
        response.body().subscribe(client);
        assertThat(client.text()).isEmpty();
        assertThat(client.completed).isTrue();
        assertThat(response.headers()).isEqualTo(answer(false, true).headers());
    }

    @Test
    void theGatewaysOwnHeadersCanBeKeptBack() {
        assertThat(answer(false, false).headers().first("ccflare-request-id")).isNull();
    }

    private static GatewayResponse answer(boolean head, boolean exposed) {
        Problem problem = new Problem(429, "all limited", "ccf_1", NOW.plusSeconds(9));
        return Answers.of(new AnthropicProvider().problemBody(problem), problem, head, exposed, 2, NOW);
    }
}
