package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The head of a request goes up as it was given. */
interface RequestRules extends TransportHost {

    /** Sends, answers on a connection of its own, and returns what arrived. */
    private static Received exchange(Transport transport, FarEnd far, UpstreamRequest request) throws Exception {
        CompletableFuture<UpstreamResponse> call = transport.send(request);
        try (Link link = far.accept()) {
            Received received = link.request();
            link.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            try (UpstreamResponse response = Waits.get(call, "the answer")) {
                assertThat(response.status()).isEqualTo(200);
                assertThat(Reading.text(response)).isEmpty();
            }
            return received;
        }
    }

    @Test
    default void methodsGoUpAsTheyAreSpelled() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (String method : List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "get")) {
                UpstreamRequest request = Requests.of(method, far.origin(), "/m", new UpstreamBody.None());
                assertThat(exchange(transport, far, request).line()).isEqualTo(method + " /m HTTP/1.1");
            }
        }
    }

    @Test
    default void targetsGoUpRaw() throws Exception {
        List<String> targets = List.of(
                "/",
                "/v1/messages?beta=true",
                "//v1/a%2Fb%2f/../c;p/./d",
                "/a?q=%20+%7c&x[]=a?b&&=&y",
                "/v1/files/%C3%A9%00%ff",
                "/a:b@c,d!e$f'(g)*h~",
                "/a|b\"c?q={}^`\\<>",
                "/a%zz%",
                "/caf\u00e9",
                "/a?");
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (String target : targets) {
                assertThat(exchange(transport, far, Requests.get(far.origin(), target))
                                .line())
                        .isEqualTo("GET " + onTheWire(target) + " HTTP/1.1");
            }
        }
    }

    @Test
    default void headersGoUpWithTheirLinesRepeatedAndValuesUntouched() throws Exception {
        Headers headers = Headers.of(
                "X-Api-Key", "k, with \"quotes\" and = signs",
                "anthropic-beta", "one",
                "User-Agent", "claude-cli/1",
                "Anthropic-Beta", "two, three",
                "Accept", "text/event-stream",
                "Accept-Encoding", "gzip",
                "X-Tab", "a\tb",
                "X-Empty", "");
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Received received = exchange(
                    transport, far, new UpstreamRequest("GET", far.origin(), "/", headers, new UpstreamBody.None()));
            for (int i = 0; i < headers.size(); i++) {
                assertThat(received.all(headers.name(i))).as(headers.name(i)).isEqualTo(headers.all(headers.name(i)));
            }
            if (keepsHeaderOrder()) {
                List<String> names = new java.util.ArrayList<>();
                headers.forEach((name, value) -> names.add(name.toLowerCase(java.util.Locale.ROOT)));
                assertThat(received.names()).containsSubsequence(names);
            }
        }
    }

    @Test
    default void nothingIsAddedBeyondHostAndFraming() throws Exception {
        Set<String> known = new TreeSet<>(addedHeaders());
        known.addAll(Set.of("host", "content-length", "x-api-key"));
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (UpstreamRequest request : List.of(Requests.get(far.origin()), Requests.post(far.origin()))) {
                Received received = exchange(transport, far, request);
                assertThat(received.names()).isSubsetOf(known).doesNotHaveDuplicates();
                assertThat(received.all("host")).containsExactly("127.0.0.1:" + far.port());
                assertThat(received.text()).isEqualTo(request.body().length() == 0 ? "" : "{}");
            }
        }
    }

    /** Foreign framing next to the transport's own would let one request pass for two. */
    @Test
    default void foreignFramingDoesNotGoUp() throws Exception {
        Headers headers = Headers.of(
                "Host", "elsewhere.test",
                "Content-Length", "99",
                "Transfer-Encoding", "chunked",
                "Connection", "keep-alive, upgrade",
                "Upgrade", "h2c",
                "HTTP2-Settings", "AAMAAABk",
                "Expect", "100-continue",
                "TE", "trailers",
                "Trailer", "x-sum",
                "Keep-Alive", "timeout=5",
                "Proxy-Connection", "keep-alive");
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Received received = exchange(
                    transport, far, new UpstreamRequest("POST", far.origin(), "/", headers, Requests.gathered("{}")));
            assertThat(received.all("host")).containsExactly("127.0.0.1:" + far.port());
            assertThat(received.all("content-length")).containsExactly("2");
            assertThat(received.names())
                    .doesNotContain("transfer-encoding", "connection", "upgrade", "http2-settings", "expect")
                    .doesNotContain("te", "trailer", "keep-alive", "proxy-connection");
        }
    }

    @Test
    default void bigHeadersGoUpWhole() throws Exception {
        Headers.Builder headers = Headers.builder().add("x-big", "v".repeat(16 * 1024));
        for (int i = 0; i < 200; i++) {
            headers.add("x-" + i, "w".repeat(160));
        }
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Received received = exchange(
                    transport,
                    far,
                    new UpstreamRequest(
                            "POST",
                            far.origin(),
                            "/" + "p".repeat(8 * 1024),
                            headers.build(),
                            Requests.gathered("{}")));
            assertThat(received.target()).hasSize(8 * 1024 + 1);
            assertThat(received.all("x-big")).containsExactly("v".repeat(16 * 1024));
            for (int i = 0; i < 200; i++) {
                assertThat(received.all("x-" + i)).containsExactly("w".repeat(160));
            }
        }
    }

    @Test
    default void aRequestThatCannotBeSentFailsBeforeItIsSentAndIsNotQuoted() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Headers control = Headers.of("x-api-key", "not-to-\u0001be-told");
            UpstreamRequest bad = new UpstreamRequest("POST", far.origin(), "/", control, Requests.gathered("{}"));
            assertThat(Requests.failure(transport.send(bad), Phase.CONNECT))
                    .hasMessageContaining("x-api-key")
                    .hasMessageNotContaining("told");
            UpstreamRequest mail = Requests.get(java.net.URI.create("mailto:nobody"));
            Requests.failure(transport.send(mail), Phase.CONNECT);
            assertThat(exchange(transport, far, Requests.get(far.origin(), "/next"))
                            .target())
                    .isEqualTo("/next");
        }
    }
}
