package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.testkit.Waits;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What of a request reaches the handler. */
interface RequestRules extends AdapterHost {

    private static GatewayHandler keeping(BlockingQueue<GatewayRequest> seen) {
        return request -> {
            seen.add(request);
            return Answers.text("ok");
        };
    }

    /** The request that the handler sees when these lines are sent. */
    private GatewayRequest seen(String mount, String... lines) throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        try (Host host = open(Map.of(mount, keeping(seen)));
                RawClient client = RawClient.to(host)) {
            String head = client.send(lines).head();
            assertThat(head).startsWith("HTTP/1.1 200");
            return Waits.take(seen, "the request");
        }
    }

    @Test
    default void everyMethodReachesTheHandlerOverOneKeptConnection() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        try (Host host = start(keeping(seen));
                RawClient client = RawClient.to(host)) {
            for (String method : methods()) {
                client.send(method + " /v1/models HTTP/1.1", "Host: test", "Content-Length: 0", "");
                assertThat(client.head()).as(method).startsWith("HTTP/1.1 200");
                assertThat(client.exactly(2)).isEqualTo("ok");
                assertThat(Waits.take(seen, method).method()).isEqualTo(method);
            }
        }
    }

    @Test
    default void pathAndQueryStayAsTheyWereSent() throws Exception {
        GatewayRequest request =
                seen("/v1", "GET /v1/models/a%20b%C3%A9+c;d=1?x=%2F%2e&y=a+b&&z HTTP/1.1", "Host: test", "");
        assertThat(request.target()).isEqualTo("/v1/models/a%20b%C3%A9+c;d=1?x=%2F%2e&y=a+b&&z");
        assertThat(request.mount()).isEqualTo("/v1");
        assertThat(request.path()).isEqualTo("/v1/models/a%20b%C3%A9+c;d=1");
        assertThat(request.query()).isEqualTo("x=%2F%2e&y=a+b&&z");
    }

    @Test
    default void anEmptyQueryIsNotNoQuery() throws Exception {
        assertThat(seen("/v1", "GET /v1/models HTTP/1.1", "Host: test", "").query())
                .isNull();
        assertThat(seen("/v1", "GET /v1/models? HTTP/1.1", "Host: test", "").query())
                .isIn("", null);
    }

    @Test
    default void theMountItselfIsTheHandlers() throws Exception {
        assertThat(seen("/v1", "GET /v1 HTTP/1.1", "Host: test", "").path()).isEqualTo("/v1");
        assertThat(seen("/a/b", "GET /a/b/ HTTP/1.1", "Host: test", "").path()).isEqualTo("/");
    }

    @Test
    default void mountsAreTakenOffThePath() throws Exception {
        GatewayRequest deep = seen("/a/b", "GET /a/b/v1/messages HTTP/1.1", "Host: test", "");
        assertThat(deep.mount()).isEqualTo("/a/b");
        assertThat(deep.path()).isEqualTo("/v1/messages");
        GatewayRequest root = seen("/", "GET /v1/messages HTTP/1.1", "Host: test", "");
        assertThat(root.mount()).isEmpty();
        assertThat(root.path()).isEqualTo("/v1/messages");
    }

    @Test
    default void headersStayInOrderRepeatedAndEmptyOnesToo() throws Exception {
        GatewayRequest request = seen(
                "/v1",
                "GET /v1/models HTTP/1.1",
                "Host: test",
                "anthropic-beta: one,two",
                "x-empty:",
                "Anthropic-Beta: three",
                "x-last: a b c",
                "");
        assertThat(request.headers().all("anthropic-beta")).containsExactly("one,two", "three");
        assertThat(request.headers().all("x-empty")).containsExactly("");
        assertThat(request.headers().all("x-last")).containsExactly("a b c");
        assertThat(request.headers().all("host")).containsExactly("test");
        assertThat(request.headers().size()).isEqualTo(5);
    }

    @Test
    default void spacesInsideAHeaderStayAsTheyWereSent() throws Exception {
        GatewayRequest request = seen("/v1", "GET /v1/models HTTP/1.1", "Host: test", "x-spaces: a  b   c", "");
        assertThat(request.headers().all("x-spaces")).containsExactly("a  b   c");
    }

    @Test
    default void theHostSaysWhoAsksAndTheConnectionSaysFromWhere() throws Exception {
        GatewayRequest known = seen("/v1", "GET /v1/models HTTP/1.1", "Host: test", "x-user: ann", "");
        assertThat(known.caller()).isEqualTo("ann");
        assertThat(known.remote())
                .isNotNull()
                .extracting(InetAddress::isLoopbackAddress)
                .isEqualTo(true);
        assertThat(seen("/v1", "GET /v1/models HTTP/1.1", "Host: test", "").caller())
                .isNull();
    }

    @Test
    default void aTargetInAbsoluteFormLosesItsAuthority() throws Exception {
        GatewayRequest request = seen("/v1", "GET http://other/v1/models?a=b HTTP/1.1", "Host: other", "");
        assertThat(request.target()).isEqualTo("/v1/models?a=b");
    }

    @Test
    default void whatIsNotHttpIsRefusedWithoutATraceAndNeverReachesTheHandler() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        List<String> bad = List.of(
                "GET /v1/a b HTTP/1.1\r\nHost: test\r\n\r\n",
                "GET /v1/a\u0001 HTTP/1.1\r\nHost: test\r\n\r\n",
                "G@T /v1/a HTTP/1.1\r\nHost: test\r\n\r\n",
                "GET /v1/a HTTP/1.1\r\nHost: test\r\nx bad: 1\r\n\r\n",
                "GET /v1/a HTTP/1.1\r\nHost: test\r\nx-bad: 1\u0000\r\n\r\n",
                "POST /v1/a HTTP/1.1\r\nHost: test\r\nContent-Length: x\r\n\r\n",
                "POST /v1/a HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "GET /v1/a HTTP/1.1\r\nHost: test\r\nx-large: " + "x".repeat(100_000) + "\r\n\r\n");
        try (Host host = start(keeping(seen))) {
            for (String text : bad) {
                try (RawClient client = RawClient.to(host)) {
                    client.write(text).endSending();
                    String answer = client.rest();
                    String shown = text.substring(0, Math.min(80, text.length()));
                    assertThat(answer)
                            .as(shown)
                            // A host that could not read the version answers in the oldest.
                            .matches("(?s)HTTP/1\\.[01] 4\\d\\d .*")
                            .doesNotContain("\tat ");
                }
            }
            assertThat(seen).isEmpty();
        }
    }

    @Test
    default void largeAndManyHeadersArriveWhole() throws Exception {
        String large = "v".repeat(6000);
        GatewayRequest request = seen("/v1", "GET /v1/models HTTP/1.1", "Host: test", "x-large: " + large, "");
        assertThat(request.headers().all("x-large")).containsExactly(large);
        String[] many = new String[83];
        many[0] = "GET /v1/models HTTP/1.1";
        many[1] = "Host: test";
        for (int i = 2; i < 82; i++) {
            many[i] = (i % 2 == 0 ? "x-repeated: " : "X-Repeated-" + i + ": ") + i;
        }
        many[82] = "";
        GatewayRequest crowded = seen("/v1", many);
        assertThat(crowded.headers().size()).isEqualTo(81);
        assertThat(crowded.headers().all("x-repeated"))
                .hasSize(40)
                .startsWith("2", "4", "6")
                .endsWith("80");
    }

    @Test
    default void aConnectionLivesOnAfterErrorsThatWereAnsweredWhole() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            seen.add(request);
            if (request.path().equals("/v1/throws")) {
                throw new IllegalStateException("broken");
            }
            return Sink.readAll(request)
                    .thenApply(bytes -> Answers.text(request.path().equals("/v1/busy") ? 529 : 400, "sorry")
                            .join());
        };
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            for (int i = 0; i < 5; i++) {
                client.send("POST /v1/bad HTTP/1.1", "Host: test", "Content-Length: 5", "")
                        .write("hello");
                assertThat(client.head()).startsWith("HTTP/1.1 400");
                assertThat(client.lastBody()).isEqualTo("sorry");
                client.send("POST /v1/busy HTTP/1.1", "Host: test", "Transfer-Encoding: chunked", "")
                        .write("5\r\nhello\r\n0\r\nx-trailer: yes\r\n\r\n");
                assertThat(client.head()).startsWith("HTTP/1.1 529");
                assertThat(client.lastBody()).isEqualTo("sorry");
                assertThat(client.get("/v1/throws").head()).startsWith("HTTP/1.1 500");
                assertThat(client.lastBody()).contains("error");
                assertThat(client.get("/nowhere").head()).startsWith("HTTP/1.1 404");
                client.lastBody();
            }
            assertThat(seen).hasSize(15);
        }
    }

    @Test
    default void anErrorIsNoReasonToEndTheConnection() throws Exception {
        assumeTrue(keepsConnectionsAfterErrors(), "this host ends the connection after an error");
        GatewayHandler handler =
                request -> Answers.text(Integer.parseInt(request.path().substring("/v1/".length())), "sorry");
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            for (int status : new int[] {400, 401, 404, 408, 413, 429, 500, 503, 529}) {
                assertThat(client.get("/v1/" + status).head())
                        .startsWith("HTTP/1.1 " + status)
                        .doesNotContainIgnoringCase("connection: close");
                assertThat(client.lastBody()).isEqualTo("sorry");
            }
        }
    }
}
