package io.ccflare.core.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "X-Api-Key",
                "api-key",
                "x-goog-api-key",
                "Cookie",
                "Proxy-Authorization",
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "HTTP2-Settings",
                "Host",
                "Content-Length",
                "Expect",
                "Forwarded",
                "X-Forwarded-For",
                "x-forwarded-whatever",
                "X-Real-IP",
                "ccflare-anything"
            })
    void endsHereOnTheWayUp(String name) {
        Headers up = HeaderRules.up(Headers.builder().add(name, "v").build(), false);
        assertThat(up.first(name)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Authenticate",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "Set-Cookie",
                "Alt-Svc",
                "Strict-Transport-Security",
                "NEL",
                "Report-To",
                "ccflare-account"
            })
    void endsHereOnTheWayDown(String name) {
        assertThat(HeaderRules.down(Headers.builder().add(name, "v").build())
                        .build()
                        .first(name))
                .isNull();
    }

    @Test
    void everythingElsePassesInItsOrderSpellingAndNumber() {
        Headers sent = Headers.builder()
                .add("anthropic-Version", "2023-06-01")
                .add("X-Stainless-Lang", "java")
                .add("anthropic-beta", "one")
                .add("Anthropic-Beta", "two")
                .add("Content-Type", "application/json")
                .build();
        Headers.Builder expected = sent.toBuilder().add("accept-encoding", "identity");
        assertThat(HeaderRules.up(sent, false)).isEqualTo(expected.build());
        assertThat(HeaderRules.down(sent).build()).isEqualTo(sent);
    }

    @Test
    void lengthAndEncodingOfAResponsePass() {
        Headers answer = Headers.builder()
                .add("Content-Length", "3")
                .add("Content-Encoding", "gzip")
                .build();
        assertThat(HeaderRules.down(answer).build()).isEqualTo(answer);
    }

    @Test
    void whatConnectionNamesEndsHereToo() {
        Headers sent = Headers.builder()
                .add("Connection", "close, X-Hop ,")
                .add("connection", "x-other")
                .add("x-hop", "1")
                .add("X-Other", "2")
                .add("x-kept", "3")
                .build();
        assertThat(HeaderRules.down(sent).build())
                .isEqualTo(Headers.builder().add("x-kept", "3").build());
        assertThat(HeaderRules.up(sent, false).all("x-other")).isEmpty();
    }

    @Test
    void connectionCannotTakeAwayWhatDescribesTheBody() {
        Headers sent = Headers.builder()
                .add("Connection", "content-type, content-encoding")
                .add("Content-Type", "application/json")
                .add("Content-Encoding", "gzip")
                .build();
        assertThat(HeaderRules.down(sent).build().first("content-type")).isEqualTo("application/json");
        assertThat(HeaderRules.up(sent, false).first("content-encoding")).isEqualTo("gzip");
    }

    @Test
    void theAcceptedEncodingIsTheGatewaysUnlessToldOtherwise() {
        Headers sent = Headers.builder().add("Accept-Encoding", "br").build();
        assertThat(HeaderRules.up(sent, false).all("accept-encoding")).isEqualTo(List.of("identity"));
        assertThat(HeaderRules.up(sent, true).all("accept-encoding")).isEqualTo(List.of("br"));
        assertThat(HeaderRules.up(Headers.empty(), true).all("accept-encoding")).isEqualTo(List.of("identity"));
    }
}
