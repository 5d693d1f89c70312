package io.ccflare.fake;

import static io.ccflare.fake.RawClient.BODY;
import static io.ccflare.fake.RawClient.STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.fake.RawClient.Received;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String GET = "GET /v1/models HTTP/1.1\r\nHost: x\r\nx-api-key: sk-demo-a\r\n";

    private final FakeUpstream fake = FakeUpstream.start();
    private final FakeAccount account = fake.account("sk-demo-a");

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void aRequestMayComeByteByByteAndInChunks() throws IOException {
        String head = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: sk-demo-a\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n";
        int half = BODY.length() / 2;
        String chunks = Integer.toHexString(half) + ";ext=1\r\n" + BODY.substring(0, half) + "\r\n"
                + Integer.toHexString(BODY.length() - half).toUpperCase() + "\r\n" + BODY.substring(half)
                + "\r\n0\r\nTrailer: x\r\n\r\n";
        try (RawClient client = new RawClient(fake.port())) {
            for (byte b : (head + chunks).getBytes(StandardCharsets.UTF_8)) {
                client.send(new byte[] {b});
            }
            assertThat(client.rest().status()).isEqualTo(200);
        }
        assertThat(account.requests().get(0).bodyText()).isEqualTo(BODY);
    }

    @Test
    void aConnectionIsKeptForTheNextRequest() throws IOException {
        try (RawClient client = new RawClient(fake.port())) {
            client.send(RawClient.post("/v1/messages", "sk-demo-a", STREAM));
            client.until("\r\n0\r\n\r\n");
            client.send(GET + "Connection: close\r\n\r\n");
            assertThat(client.rest().status()).isEqualTo(200);
        }
        assertThat(fake.acceptedConnections()).isEqualTo(1);
        assertThat(fake.requests()).extracting(RecordedCall::connection).containsExactly(1, 1);
        fake.await("the connection to end", SOON, () -> fake.openConnections() == 0);
    }

    @Test
    void twoRequestsAtOnceAreAnsweredInOrder() throws IOException {
        try (RawClient client = new RawClient(fake.port())) {
            client.send(GET + "\r\n" + GET + "Connection: close\r\n\r\n");
            assertThat(client.rest().text().split("HTTP/1.1 200 OK", -1)).hasSize(3);
        }
    }

    @Test
    void aPeerThatWaitsForA100GetsIt() throws IOException {
        try (RawClient client = new RawClient(fake.port())) {
            String request =
                    RawClient.post("/v1/messages", "sk-demo-a", BODY, "Expect: 100-continue", "Connection: close");
            int body = request.indexOf("\r\n\r\n") + 4;
            client.send(request.substring(0, body));
            client.until("HTTP/1.1 100 Continue\r\n\r\n");
            client.send(request.substring(body));
            assertThat(client.rest().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 1\r\nContent-Length: 2\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 1, 1\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "X-Space : 1\r\n",
                "X-Fold: 1\r\n 2\r\n",
                "X-Bare: 1\r2\r\n",
                "X-Nul: \0\r\n",
                "X-Line: feed only\n",
                "no colon\r\n"
            })
    void anAmbiguousRequestIsRefusedAndTheConnectionClosed(String lines) throws IOException {
        Received received = RawClient.exchange(fake, GET + lines + "\r\n");
        assertThat(received.status()).isEqualTo(400);
        assertThat(received.header("connection")).containsExactly("close");
        assertThat(fake.unreadable()).isEqualTo(1);
        assertThat(fake.count()).isZero();
    }

    @Test
    void anEnormousHeadAndAnEnormousBodyAreRefusedBeforeTheyAreComplete() throws IOException {
        assertThat(RawClient.exchange(fake, GET + "X: " + "a".repeat(70_000)).status())
                .isEqualTo(431);
        Received body = RawClient.exchange(
                fake, "POST /v1/messages HTTP/1.1\r\nx-api-key: sk-demo-a\r\nContent-Length: 33554433\r\n\r\n{\"model");
        assertThat(body.status()).isEqualTo(413);
        assertThat(body.tail()).startsWith("<html>");
    }

    @Test
    void aHalfSentRequestIsCounted() throws IOException {
        try (RawClient client = new RawClient(fake.port())) {
            client.send("POST /v1/messages HTTP/1.1\r\nContent-Length: 100\r\n\r\n{");
        }
        fake.await("one unreadable request", SOON, () -> fake.unreadable() == 1);
        assertThat(fake.count()).isZero();
    }

    @Test
    void aPeerThatLeavesDuringALongPauseIsNoticed() throws IOException {
        fake.eventInterval(Duration.ofHours(1));
        try (RawClient client = new RawClient(fake.port())) {
            client.send(RawClient.post("/v1/messages", "sk-demo-a", STREAM));
            client.until("event: ping\n");
            assertThat(account.openStreams()).isEqualTo(1);
        }
        account.awaitCanceled(1, SOON);
        assertThat(account.openStreams()).isZero();
        assertThat(account.requests().get(0).ending()).isEqualTo(RecordedCall.Ending.CANCELED);
        assertThat(fake.canceled()).isEqualTo(1);
    }

    @Test
    void aPeerThatLeavesDuringAStallIsNoticed() throws IOException {
        account.fault(Fault.STALL_BEFORE_HEADERS);
        try (RawClient client = new RawClient(fake.port())) {
            client.send(RawClient.post("/v1/messages", "sk-demo-a", STREAM));
            account.awaitStalled(1, SOON);
        }
        account.awaitCanceled(1, SOON);
        assertThat(account.stalled()).isZero();
        account.release();
    }

    @Test
    void aPeerThatReadsNothingStopsTheStreamAndItsLeavingIsNoticed() throws IOException {
        fake.deltas(500_000);
        try (RawClient client = new RawClient(fake.port())) {
            client.send(RawClient.post("/v1/messages", "sk-demo-a", STREAM));
            client.until("event: ping\n");
            assertThat(RawClient.get(fake, "sk-demo-a", "/v1/models").status()).isEqualTo(200);
            assertThat(account.requests().get(0).sentLength()).isLessThan(500_000L * 100);
        }
        account.awaitCanceled(1, SOON);
    }

    @Test
    void closingEndsPausesAndStalls() throws IOException {
        account.faultOnce(Fault.STALL);
        try (RawClient stalled = new RawClient(fake.port());
                RawClient paused = new RawClient(fake.port())) {
            stalled.send(RawClient.post("/v1/messages", "sk-demo-a", STREAM));
            account.awaitStalled(1, SOON);
            fake.eventInterval(Duration.ofHours(1));
            paused.send(RawClient.post("/v1/messages", "sk-demo-a", STREAM));
            paused.until("event: ping\n");
            fake.close();
            assertThat(stalled.rest().endsWithLastChunk()).isFalse();
            assertThat(paused.rest().text()).doesNotContain("message_stop");
        }
        assertThat(fake.openConnections()).isZero();
        assertThat(fake.requests()).extracting(RecordedCall::ending).containsOnly(RecordedCall.Ending.CLOSED);
        fake.close();
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> fake.deltas(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fake.eventInterval(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FakeUpstream.builder().record(-1, 0).start())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FakeUpstream.builder().port(fake.port()).start())
                .hasMessageContaining("127.0.0.1 port " + fake.port());
    }

    @Test
    void waitingInVainSaysForWhat() {
        assertThatThrownBy(() -> account.awaitCanceled(1, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 cancellations on account 1")
                .hasMessageNotContaining("sk-demo-a");
    }

    @Test
    void hundredsOfPacedStreamsRunAtOnceToTheirEnd() throws Exception {
        fake.eventInterval(Duration.ofMillis(5)).deltas(20);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            clients.add(new RawClient(fake.port()));
            clients.get(i).send(RawClient.post("/v1/messages", "sk-demo-a", STREAM, "Connection: close"));
        }
        for (RawClient client : clients) {
            Received received = client.rest();
            assertThat(received.events()).hasSize(26).endsWith("message_stop");
            client.close();
        }
        account.awaitOpenStreams(0, SOON);
        assertThat(account.count()).isEqualTo(300);
        assertThat(account.canceled()).isZero();
    }

    @Test
    void theClientOfTheJdkReadsAStreamLineByLine() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(fake.uri().resolve("/v1/messages"))
                .header("x-api-key", "sk-demo-a")
                .POST(HttpRequest.BodyPublishers.ofString(STREAM))
                .build();
        HttpResponse<Stream<String>> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
        assertThat(response.body()).contains("event: message_stop");
    }
}
