package io.ccflare.adapter.vertx.transport;

import static io.ccflare.adapter.vertx.transport.ScriptedServer.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.adapter.vertx.transport.ScriptedServer.Script;
import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a call fails before its status, and what is said of it. */
class VertxTransportFailureTest {

    private static final io.vertx.core.Vertx VERTX = io.vertx.core.Vertx.vertx();
    private final VertxTransport transport = VertxTransport.create(VERTX);

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
    void aPostIsNotRepeated() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> connection.read())) {
            failure(transport, "POST", server.origin());
            assertThat(server.accepted()).isEqualTo(1);
        }
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

    private static TransportException failure(VertxTransport transport, String method, URI origin) throws Exception {
        try {
            get(transport.send(request(method, origin))).close();
        } catch (ExecutionException e) {
            return (TransportException) e.getCause();
        }
        throw new AssertionError("the call did not fail");
    }
}
