package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Status, headers and body come down as they were sent. */
interface AnswerRules extends TransportHost {

    private void answer(String answer, String body, Consumer<UpstreamResponse> check) throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            try (Link link = far.accept()) {
                link.request();
                link.write(answer);
                if (!answer.contains("ontent-Length") && !answer.contains("chunked")) {
                    link.endOutput();
                }
                try (UpstreamResponse response = Waits.get(call, "the answer")) {
                    check.accept(response);
                    assertThat(Reading.text(response)).isEqualTo(body);
                }
            }
        }
    }

    @Test
    default void statusAndHeadersComeAsTheyWereSent() throws Exception {
        answer(
                "HTTP/1.1 529 \r\nContent-Type: application/json\r\nX-Two: a\r\nx-two: b, c\r\nX-Empty:\r\n"
                        + "Retry-After:   7  \r\nX-High: caf\u00e9\r\nContent-Length: 5\r\n\r\nhello",
                "hello",
                response -> {
                    assertThat(response.status()).isEqualTo(529);
                    assertThat(response.headers().all("X-TWO")).containsExactly("a", "b, c");
                    assertThat(response.headers().first("retry-after")).isEqualTo("7");
                    assertThat(response.headers().first("x-empty")).isEmpty();
                    assertThat(response.headers().first("x-high")).isEqualTo("caf\u00e9");
                    assertThat(response.headers().first("content-length")).isEqualTo("5");
                });
    }

    @Test
    default void bigHeadersComeWhole() throws Exception {
        StringBuilder lines = new StringBuilder("x-big: " + "v".repeat(16 * 1024) + "\r\n");
        for (int i = 0; i < 320; i++) {
            lines.append("x-").append(i).append(": ").append("w".repeat(100)).append("\r\n");
        }
        answer("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 2\r\n\r\nok", "ok", response -> {
            assertThat(response.headers().first("x-big")).isEqualTo("v".repeat(16 * 1024));
            for (int i = 0; i < 320; i++) {
                assertThat(response.headers().all("x-" + i)).containsExactly("w".repeat(100));
            }
        });
    }

    @Test
    default void everyFramingGivesTheSameBytes() throws Exception {
        List<String> answers = List.of(
                "Content-Length: 5\r\n\r\nabcde",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
                "transfer-encoding: Chunked\r\n\r\n0003;x=\"y\"\r\nabc\r\n2;z\r\nde\r\n0\r\n\r\n",
                "Connection: close\r\n\r\nabcde");
        for (String answer : answers) {
            answer(
                    "HTTP/1.1 200 OK\r\n" + answer,
                    "abcde",
                    response -> assertThat(response.status()).isEqualTo(200));
        }
    }

    @Test
    default void redirectsAndChallengesAreHandedOver() throws Exception {
        for (String head : List.of(
                "301 Moved\r\nLocation: /elsewhere",
                "307 Elsewhere\r\nLocation: http://127.0.0.1:1/",
                "401 No\r\nWWW-Authenticate: Basic realm=x",
                "407 No\r\nProxy-Authenticate: Basic realm=x")) {
            answer(
                    "HTTP/1.1 " + head + "\r\nContent-Length: 5\r\n\r\nabcde",
                    "abcde",
                    response -> assertThat(response.status()).isEqualTo(Integer.parseInt(head.substring(0, 3))));
        }
    }

    @Test
    default void bodiesAreNotDecoded() throws Exception {
        answer(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\u001f\u008b\b\u0000\u0000",
                "\u001f\u008b\b\u0000\u0000",
                response ->
                        assertThat(response.headers().first("content-encoding")).isEqualTo("gzip"));
    }

    @Test
    default void interimAnswersAndTrailersAreSurvived() throws Exception {
        answer(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
                        + "HTTP/1.1 103 Early Hints\r\nX-Late: no\r\n\r\n" + Link.CHUNKED
                        + "3\r\nabc\r\n0\r\nX-Sum: 1\r\nx-other: 2\r\n\r\n",
                "abc",
                response -> {
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.headers().contains("link")).isFalse();
                    assertThat(response.headers().contains("x-late")).isFalse();
                });
    }
}
