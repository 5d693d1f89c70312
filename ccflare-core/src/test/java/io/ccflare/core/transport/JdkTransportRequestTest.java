package io.ccflare.core.transport;

import static io.ccflare.testkit.Waits.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.testkit.transport.FarEnd;
import io.ccflare.testkit.transport.Reading;
import io.ccflare.testkit.transport.Received;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the JDK's client alone makes of a request. */
class JdkTransportRequestTest {

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final JdkTransport transport = JdkTransport.create();
    private FarEnd server;

    @BeforeEach
    void start() throws IOException {
        server = FarEnd.open().answer((request, link) -> {
            received.add(request);
            link.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
            if (!request.line().startsWith("HEAD")) {
                link.write("ok");
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        transport.close();
        server.close();
    }

    @Test
    void aTargetMayBeAQueryAlone() throws Exception {
        assertThat(send("GET", "?x=1", Headers.empty()).line()).isEqualTo("GET /?x=1 HTTP/1.1");
    }

    @Test
    void charactersBeyondAsciiInAValueBecomeQuestionMarks() throws Exception {
        Received request = send("POST", "/", Headers.of("X-High", "caf\u00e9 \u20ac", "X-Tab", "a\tb"));
        assertThat(request.all("x-high")).containsExactly("caf? ?");
        assertThat(request.all("x-tab")).containsExactly("a\tb");
    }

    @Test
    void theBodilessMethodsHaveNoLengthFromJdk18On() throws Exception {
        for (String method : List.of("GET", "HEAD", "DELETE")) {
            Received request = send(method, "/m", Headers.empty());
            assertThat(request.line()).isEqualTo(method + " /m HTTP/1.1");
            if (Runtime.version().feature() >= 21) {
                assertThat(request.all("content-length")).isEmpty();
            }
        }
    }

    @Test
    void aMethodThatTheJdkRefusesFailsBeforeItIsSent() {
        assertThatThrownBy(() -> send("CONNECT", "/", Headers.empty()))
                .isInstanceOf(ExecutionException.class)
                .satisfies(e ->
                        assertThat(((TransportException) e.getCause()).phase()).isEqualTo(Phase.CONNECT));
        assertThat(received).isEmpty();
    }

    private Received send(String method, String target, Headers headers) throws Exception {
        Reading.text(get(transport.send(
                new UpstreamRequest(method, server.origin(), target, headers, new UpstreamBody.None()))));
        return received.remove();
    }
}
