package io.ccflare.core.transport;

import static io.ccflare.core.transport.ScriptedServer.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.core.transport.ScriptedServer.Script;
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
            try (ScriptedServer server = new ScriptedServer(connection -> {
                connection.socket.getInputStream().read();
                // A TLS alert: fatal, handshake_failure.
                connection.socket.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, 40});
                connection.awaitClosedByClient();
            })) {
                TransportException error = failure(
                        transport,
                        method,
                        URI.create("https://localhost:" + server.origin().getPort()));
                assertThat(error.phase()).isEqualTo(Phase.CONNECT);
                assertThat(error).hasMessageContaining("TLS failed").hasMessageContaining("handshake_failure");
            }
        }
    }

    @Test
    void aConnectionDroppedBeforeTheStatusIsOfThePhaseExchange() throws Exception {
        assertExchange("POST", connection -> connection.read(), "the connection");
        assertExchange("GET", connection -> connection.read(), "the connection");
        assertExchange(
                "POST",
                connection -> {
                    connection.read();
                    connection.reset();
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
                ScriptedServer server = new ScriptedServer(answeringOk())) {
            CompletableFuture<UpstreamResponse> lost = fragile.send(request("POST", server.origin()));
            get(killed).join(TimeUnit.SECONDS.toMillis(20));
            boolean served = false;
            for (int i = 0; i < 20 && !served; i++) {
                try {
                    served = get(BodyReader.all(get(fragile.send(request("POST", server.origin())))).done)
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
                ScriptedServer server = new ScriptedServer(answeringOk())) {
            assertThat(get(BodyReader.all(get(transport.send(request("POST", server.origin())))).done))
                    .isEqualTo("ok");
        }
    }

    private static Script answeringOk() {
        return connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            connection.awaitClosedByClient();
        };
    }

    private void assertExchange(String method, Script script, String words) throws Exception {
        try (ScriptedServer server = new ScriptedServer(script)) {
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
        return connection -> {
            connection.read();
            connection.write(answer);
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
