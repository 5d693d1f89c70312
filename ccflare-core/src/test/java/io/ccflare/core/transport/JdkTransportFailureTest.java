package io.ccflare.core.transport;

import static io.ccflare.testkit.Waits.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.transport.FarEnd;
import io.ccflare.testkit.transport.FarEnd.Script;
import io.ccflare.testkit.transport.Reading;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said of a call that failed before its status, and what the JDK's client survives. */
class JdkTransportFailureTest {

    private final JdkTransport transport = JdkTransport.create();

    @AfterEach
    void stop() {
        transport.close();
    }

    @Test
    void aRefusedConnectionIsOfThePhaseConnect() throws Exception {
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            URI origin = URI.create("http://127.0.0.1:" + bound.getLocalPort());
            for (String method : List.of("POST", "GET")) {
                TransportException error = failure(transport, method, origin);
                assertThat(error.phase()).isEqualTo(Phase.CONNECT);
                assertThat(error).hasMessage(origin.getAuthority() + ": no connection: connection refused");
            }
        }
    }

    @Test
    void anUnknownHostIsOfThePhaseConnect() throws Exception {
        TransportException error = failure(transport, "GET", URI.create("http://nobody.invalid"));
        assertThat(error.phase()).isEqualTo(Phase.CONNECT);
        assertThat(error).hasMessage("nobody.invalid:80: no connection: the host name is not known");
        assertThat(failure(transport, "POST", URI.create("mailto:x")).phase()).isEqualTo(Phase.CONNECT);
    }

    @Test
    void aTlsHandshakeThatFailsIsOfThePhaseConnect() throws Exception {
        for (String method : List.of("POST", "GET")) {
            try (FarEnd server = FarEnd.open().serve(link -> {
                link.exactly(1);
                // A TLS alert: fatal, handshake_failure.
                link.write(new byte[] {21, 3, 3, 0, 2, 2, 40});
                link.untilEnd();
            })) {
                TransportException error = failure(transport, method, server.origin("https"));
                assertThat(error.phase()).isEqualTo(Phase.CONNECT);
                assertThat(error).hasMessageContaining("TLS failed").hasMessageContaining("handshake_failure");
            }
        }
    }

    @Test
    void aConnectionDroppedBeforeTheStatusIsOfThePhaseExchange() throws Exception {
        assertExchange("POST", answering(""), "the connection");
        assertExchange("GET", answering(""), "the connection");
        assertExchange(
                "POST",
                link -> {
                    link.request();
                    link.reset();
                },
                "the connection");
        assertExchange("POST", answering("HTTP/1.1 200 OK\r\nSet-Cookie: secr"), "");
    }

    @Test
    void whatIsNotHttpIsOfThePhaseExchangeAndNotQuoted() throws Exception {
        assertExchange("POST", answering("SSH-2.0-secret\r\n\r\n"), "not HTTP");
        assertExchange("POST", answering("HTTP/1.1 abc secret\r\n\r\n"), "");
        assertExchange("POST", answering("HTTP/1.1 200 OK\r\nna(me: secret\r\nContent-Length: 0\r\n\r\n"), "");
        assertExchange("POST", answering("HTTP/1.1 101 Up\r\n\r\n"), "");
        assertExchange("POST", answering("HTTP/1.1 200 OK\r\nX: " + "s".repeat(500_000) + "\r\n\r\n"), "");
    }

    @Test
    void aClientThatDiedIsReplaced() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        CompletableFuture<Thread> killed = new CompletableFuture<>();
        Executor deadlyOnce = task -> {
            if (Thread.currentThread().getName().contains("SelectorManager")
                    && killed.complete(Thread.currentThread())) {
                // Ends the selector thread, and with it the client.
                Thread.currentThread().interrupt();
            }
            threads.execute(task);
        };
        try (JdkTransport fragile = JdkTransport.builder().executor(deadlyOnce).build();
                FarEnd server = FarEnd.open().serve(answeringOk())) {
            CompletableFuture<UpstreamResponse> lost = fragile.send(request("POST", server.origin()));
            get(killed).join(TimeUnit.SECONDS.toMillis(20));
            boolean served = false;
            for (int i = 0; i < 20 && !served; i++) {
                try {
                    served = Reading.text(get(fragile.send(request("POST", server.origin()))))
                            .equals("ok");
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(TransportException.class);
                }
            }
            assertThat(served).isTrue();
            lost.cancel(true);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aHostsExecutorThatRejectsDoesNoHarm() throws Exception {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        try (JdkTransport transport = JdkTransport.builder().executor(full).build();
                FarEnd server = FarEnd.open().serve(answeringOk())) {
            assertThat(Reading.text(get(transport.send(request("POST", server.origin())))))
                    .isEqualTo("ok");
        }
    }

    private static Script answeringOk() {
        return link -> {
            link.request();
            link.ok("ok");
            link.untilEnd();
        };
    }

    private void assertExchange(String method, Script script, String words) throws Exception {
        try (FarEnd server = FarEnd.open().serve(script)) {
            TransportException error = failure(transport, method, server.origin());
            assertThat(error.phase()).isEqualTo(Phase.EXCHANGE);
            assertThat(error)
                    .hasMessageStartingWith(server.origin().getAuthority() + ": ")
                    .hasMessageContaining(words);
            for (Throwable t = error; t != null; t = t.getCause()) {
                assertThat(String.valueOf(t.getMessage())).doesNotContain("secr");
            }
        }
    }

    private static Script answering(String answer) {
        return link -> {
            link.request();
            link.write(answer);
            link.close();
        };
    }

    private static UpstreamRequest request(String method, URI origin) {
        UpstreamBody body = method.equals("GET")
                ? new UpstreamBody.None()
                : new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})), 2);
        return new UpstreamRequest(method, origin, "/v1/messages", Headers.of("x-api-key", "secr"), body);
    }

    private static TransportException failure(JdkTransport transport, String method, URI origin) throws Exception {
        try {
            get(transport.send(request(method, origin))).close();
        } catch (ExecutionException e) {
            return (TransportException) e.getCause();
        }
        throw new AssertionError("the call did not fail");
    }
}
