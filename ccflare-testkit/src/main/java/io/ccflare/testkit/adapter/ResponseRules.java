package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How a response that is there goes out. */
interface ResponseRules extends AdapterHost {

    @Test
    default void statusesGoOutAsTheyAreUnnamedOnesToo() throws Exception {
        GatewayHandler status =
                request -> Answers.text(Integer.parseInt(request.path().substring("/v1/".length())), "body");
        try (Host host = start(status);
                RawClient client = RawClient.to(host)) {
            for (int code : new int[] {200, 201, 400, 401, 404, 429, 500, 529, 599}) {
                assertThat(client.get("/v1/" + code).head()).startsWith("HTTP/1.1 " + code);
                assertThat(client.exactly(4)).isEqualTo("body");
            }
        }
    }

    @Test
    default void headersGoOutUnchangedRepeatedAndEmptyOnesToo() throws Exception {
        GatewayHandler handler = request -> Answers.text(
                200,
                "{}",
                "Content-Type",
                "application/json; charset=utf-8",
                "x-twice",
                "a, b",
                "x-empty",
                "",
                "x-twice",
                "c",
                "Date",
                "Thu, 01 Jan 1970 00:00:00 GMT",
                "anthropic-ratelimit-requests-reset",
                "2026-01-01T00:00:00Z",
                "Content-Encoding",
                "identity",
                "ETag",
                "\"tag\"");
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            String head = client.send("GET /v1/a HTTP/1.1", "Host: test", "Accept-Encoding: gzip", "")
                    .head();
            assertThat(head.lines().map(line -> line.replaceFirst("^x-empty: *$", "x-empty:")))
                    .contains(
                            "x-twice: a, b",
                            "x-twice: c",
                            "x-empty:",
                            "anthropic-ratelimit-requests-reset: 2026-01-01T00:00:00Z")
                    .filteredOn(line -> line.matches("(?i)(content-type|date|content-length|etag|content-encoding):.*"))
                    .map(line -> line.substring(line.indexOf(':') + 2).replace("; ", ";"))
                    .containsExactlyInAnyOrder(
                            "application/json;charset=utf-8",
                            "Thu, 01 Jan 1970 00:00:00 GMT",
                            "2",
                            "identity",
                            "\"tag\"");
            assertThat(head).doesNotContainIgnoringCase("transfer-encoding");
        }
    }

    @Test
    default void aResponseWithoutContentTypeGetsNone() throws Exception {
        try (Host host = start(request -> Answers.text("ok"));
                RawClient client = RawClient.to(host)) {
            assertThat(client.get("/v1/a").head()).doesNotContainIgnoringCase("content-type");
        }
    }

    @Test
    default void largeBodiesArriveWholeAndUncompressed() throws Exception {
        byte[] bytes = new byte[32 << 20];
        new Random(3).nextBytes(bytes);
        GatewayHandler handler = request -> CompletableFuture.completedFuture(
                GatewayResponse.of(200, Headers.of("Content-Type", "text/plain"), FixedBody.of(bytes)));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.send("GET /v1/a HTTP/1.0", "Accept-Encoding: gzip, br", "");
            assertThat(client.head()).doesNotContainIgnoringCase("content-encoding");
            assertThat(client.restBytes()).isEqualTo(bytes);
        }
    }

    @Test
    default void headAnswersHaveHeadersAndNoBody() throws Exception {
        try (Host host = start(request -> Answers.text(200, "0123456789", "x-a", "b"));
                RawClient client = RawClient.to(host)) {
            String head = client.send("HEAD /v1/a HTTP/1.1", "Host: test", "").head();
            assertThat(head)
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("content-length: 10")
                    .contains("x-a: b");
            assertThat(client.get("/v1/a").head()).as("the connection lives on").startsWith("HTTP/1.1 200");
        }
    }

    @Test
    default void answersThatHaveNoBodyEndWithTheirHead() throws Exception {
        GatewayHandler handler = request -> CompletableFuture.completedFuture(GatewayResponse.of(
                Integer.parseInt(request.path().substring("/v1/".length())),
                Headers.of("x-a", "b", "Content-Length", "7"),
                FixedBody.empty()));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            for (int code : new int[] {204, 304}) {
                assertThat(client.get("/v1/" + code).head())
                        .startsWith("HTTP/1.1 " + code)
                        .contains("x-a: b")
                        .doesNotContainIgnoringCase("transfer-encoding");
            }
        }
    }

    @Test
    default void anEmptyBodyIsAnEmptyBody() throws Exception {
        GatewayHandler handler = request ->
                CompletableFuture.completedFuture(GatewayResponse.of(200, Headers.empty(), FixedBody.empty()));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            String head = client.send("GET /v1/a HTTP/1.1", "Host: test", "Connection: close", "")
                    .head();
            assertThat(head).startsWith("HTTP/1.1 200");
            assertThat(client.rest()).isIn("", "0\r\n\r\n");
        }
    }

    @Test
    default void callersOfHttp10GetTheirAnswerUnchunked() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.to(host)) {
            client.send("GET /v1/a HTTP/1.0", "");
            body.send("data: 1\n\n").send("data: 2\n\n").complete();
            assertThat(client.head()).doesNotContainIgnoringCase("transfer-encoding");
            assertThat(client.rest()).isEqualTo("data: 1\n\ndata: 2\n\n");
        }
    }

    @Test
    default void anAnswerIsReadToItsEndAndNotGivenUp() throws Exception {
        AtomicInteger released = new AtomicInteger();
        Source body = new Source();
        GatewayHandler handler = request -> CompletableFuture.completedFuture(
                GatewayResponse.of(200, Headers.empty(), body, released::incrementAndGet));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a");
            body.send("a").send("b").complete();
            assertThat(client.bodyOfAnswer()).isEqualTo("ab");
            assertThat(client.get("/own").head()).as("the connection lives on").startsWith("HTTP/1.1 200");
            assertThat(body.cancelled).isNotDone();
            assertThat(released.get()).isZero();
        }
    }

    @Test
    default void aHandlerThatIsBrokenIsA500WithoutATrace() throws Exception {
        GatewayHandler handler = request -> switch (request.path()) {
            case "/v1/throws" -> throw new IllegalStateException("secret detail");
            case "/v1/fails" -> CompletableFuture.failedFuture(new IllegalStateException("secret detail"));
            case "/v1/null" -> CompletableFuture.completedFuture(null);
            default ->
                CompletableFuture.completedFuture(Answers.stream(subscriber -> {
                    new Source().subscribe(subscriber);
                    subscriber.onError(new IllegalStateException("secret detail"));
                }));
        };
        try (Host host = start(handler)) {
            for (String path : new String[] {"/v1/throws", "/v1/fails", "/v1/null", "/v1/body"}) {
                try (RawClient client = RawClient.to(host)) {
                    client.send("GET " + path + " HTTP/1.1", "Host: test", "Connection: close", "");
                    String answer = client.rest();
                    assertThat(answer).as(path).startsWith("HTTP/1.1 500").contains("\"error\"");
                    assertThat(answer).doesNotContain("secret").doesNotContain("\tat ");
                }
            }
        }
    }

    @Test
    default void aDelayedAnswerIsWrittenFromAnyThread() throws Exception {
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        try (Host host = start(request -> answer);
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a");
            new Thread(() -> answer.complete(Answers.text("late").join())).start();
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(client.exactly(4)).isEqualTo("late");
        }
    }

    @Test
    default void aBodyWhereHttpHasNoneIsNotWritten() throws Exception {
        GatewayHandler handler = request -> CompletableFuture.completedFuture(GatewayResponse.of(
                Integer.parseInt(request.path().substring("/v1/".length())),
                Headers.of("x-a", "b"),
                FixedBody.of("HTTP/1.1 666 smuggled".getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/v1/204").head()).startsWith("HTTP/1.1 204");
                assertThat(client.get("/v1/304").head()).startsWith("HTTP/1.1 304");
                assertThat(client.send("HEAD /v1/200 HTTP/1.1", "Host: test", "")
                                .head())
                        .startsWith("HTTP/1.1 200");
                assertThat(client.send("HEAD /v1/404 HTTP/1.1", "Host: test", "")
                                .head())
                        .startsWith("HTTP/1.1 404");
            }
            assertThat(client.get("/own").bodyOfAnswer()).isEqualTo("own");
        }
    }

    @Test
    default void largeAndRepeatedHeadersGoOutWhole() throws Exception {
        List<String> headers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            headers.add("Set-Cookie");
            headers.add("c" + i + "=" + "v".repeat(200) + "; Path=/; HttpOnly");
        }
        headers.add("x-large");
        headers.add("w".repeat(3000));
        try (Host host = start(request -> Answers.text(200, "ok", headers.toArray(new String[0])));
                RawClient client = RawClient.to(host)) {
            String head = client.get("/v1/a").head();
            for (int i = 0; i < headers.size(); i += 2) {
                assertThat(head.lines().map(line -> line.replaceFirst("^(?i)set-cookie", "Set-Cookie")))
                        .contains(headers.get(i) + ": " + headers.get(i + 1));
            }
            assertThat(client.exactly(2)).isEqualTo("ok");
        }
    }

    @Test
    default void anAnswerMayBeThereAtOnceOrComeFromAnotherThread() throws Exception {
        GatewayHandler handler = request -> request.path().equals("/v1/now")
                ? Answers.text("now")
                : CompletableFuture.supplyAsync(() -> Answers.text("later").join());
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.get("/v1/now").bodyOfAnswer()).isEqualTo("now");
                assertThat(client.get("/v1/later").bodyOfAnswer()).isEqualTo("later");
            }
        }
    }
}
