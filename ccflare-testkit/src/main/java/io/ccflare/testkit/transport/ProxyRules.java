package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls go through an HTTP proxy where one is set, and credentials of the upstream are not for it. */
interface ProxyRules extends TransportHost {

    private static String askingForACredential() {
        return "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"of-the-proxy\"\r\n"
                + "Connection: close\r\nContent-Length: 5\r\n\r\nlogin";
    }

    private static TransportSetup through(FarEnd proxy) throws IOException {
        return TransportSetup.standard().through(new InetSocketAddress(FarEnd.loopback(), proxy.port()));
    }

    @Test
    default void plainCallsGoToTheProxyWithTheirWholeAddress() throws Exception {
        try (FarEnd proxy = FarEnd.open();
                FarEnd far = FarEnd.open();
                Transport transport = start(through(proxy))) {
            CompletableFuture<UpstreamResponse> call =
                    transport.send(Requests.post(far.origin(), "/v1/a%2Fb?x=1", "{}"));
            Link link = proxy.accept();
            Received received = link.request();
            assertThat(received.line()).isEqualTo("POST " + far.origin() + "/v1/a%2Fb?x=1 HTTP/1.1");
            assertThat(received.all("host")).containsExactly("127.0.0.1:" + far.port());
            assertThat(received.text()).isEqualTo("{}");
            link.ok("ok");
            assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("ok");
        }
    }

    @Test
    default void secureCallsGoThroughATunnelThatLearnsNothing() throws Exception {
        Authority authority = new Authority();
        try (FarEnd proxy = FarEnd.open();
                FarEnd far = FarEnd.open(authority.serverContext());
                Transport transport = start(through(proxy).trusting(authority.certificate))) {
            proxy.serve(link -> {
                Received connect = link.head();
                assertThat(connect.line()).isEqualTo("CONNECT 127.0.0.1:" + far.port() + " HTTP/1.1");
                assertThat(connect.names()).doesNotContain("x-api-key");
                link.write("HTTP/1.1 200 Connection established\r\n\r\n");
                tunnel(link, far.port());
            });
            CompletableFuture<UpstreamResponse> call =
                    transport.send(Requests.post(far.origin(), "/v1/messages", "{}"));
            Link link = far.accept();
            Received received = link.request();
            assertThat(received.line()).isEqualTo("POST /v1/messages HTTP/1.1");
            assertThat(received.text()).isEqualTo("{}");
            link.write(Link.CHUNKED).chunk("abc");
            Reading reading = Reading.all(Waits.get(call, "the answer"));
            assertThat(reading.next()).isEqualTo("abc");
            reading.subscription().cancel();
            link.untilEnd();
        }
    }

    private static void tunnel(Link client, int port) throws Exception {
        try (Socket server = new Socket(FarEnd.loopback(), port)) {
            Thread up = new Thread(() -> relay(client.socket, server), FarEnd.THREAD);
            up.start();
            relay(server, client.socket);
            up.join();
        }
    }

    /** Carries over what one side says until it ends, and ends the other. */
    private static void relay(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // One side is gone, and so the other goes.
        }
    }

    @Test
    default void aTunnelThatIsRefusedFailsInThePhaseConnect() throws Exception {
        for (String answer : List.of("403 Forbidden", "502 Bad Gateway", "407 Proxy Authentication Required")) {
            try (FarEnd proxy = FarEnd.open();
                    Transport transport = start(through(proxy))) {
                proxy.serve(link -> {
                    link.head();
                    link.write("HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\n\r\n");
                    assertThat(link.headOrEnd()).isNull();
                });
                for (UpstreamRequest request :
                        List.of(Requests.post(proxy.origin("https")), Requests.get(proxy.origin("https")))) {
                    Requests.failure(transport.send(request), Phase.CONNECT);
                }
            }
        }
    }

    /** It may well ask for a credential: the one it is shown is never the upstream's. */
    @Test
    default void aProxyThatAsksForACredentialBeforeATunnelLearnsNoneAndNothingItSaidIsTold() throws Exception {
        try (FarEnd proxy = FarEnd.open();
                Transport transport = start(through(proxy))) {
            proxy.serve(link -> {
                for (Received connect = link.headOrEnd(); connect != null; connect = link.headOrEnd()) {
                    assertThat(connect.line()).startsWith("CONNECT 127.0.0.1:");
                    assertThat(connect.names()).doesNotContain("x-api-key", "proxy-authorization");
                    link.write(askingForACredential());
                }
            });
            for (UpstreamRequest request :
                    List.of(Requests.post(proxy.origin("https")), Requests.get(proxy.origin("https")))) {
                TransportException error = Requests.failure(transport.send(request), Phase.CONNECT);
                for (Throwable t = error; t != null; t = t.getCause()) {
                    assertThat(String.valueOf(t.getMessage())).doesNotContain("of-the-proxy", "login");
                }
            }
            assertThat(proxy.accepted()).as("no second try").isEqualTo(2);
        }
    }

    /** The request has left and a status has come: no failure below HTTP, and another try is not for the transport to make. */
    @Test
    default void aPlainCallThatAProxyWantsACredentialForIsAnsweredByIt() throws Exception {
        try (FarEnd proxy = FarEnd.open();
                FarEnd far = FarEnd.open();
                Transport transport = start(through(proxy))) {
            for (UpstreamRequest request : List.of(Requests.post(far.origin()), Requests.get(far.origin()))) {
                CompletableFuture<UpstreamResponse> call = transport.send(request);
                try (Link link = proxy.accept()) {
                    assertThat(link.request().names()).doesNotContain("proxy-authorization");
                    link.write(askingForACredential());
                    UpstreamResponse answer = Waits.get(call, "the answer");
                    assertThat(answer.status()).isEqualTo(407);
                    assertThat(answer.headers().first("proxy-authenticate")).isEqualTo("Basic realm=\"of-the-proxy\"");
                    assertThat(Reading.text(answer)).isEqualTo("login");
                }
            }
            assertThat(proxy.accepted()).as("no second try").isEqualTo(2);
            assertThat(far.accepted()).isZero();
        }
    }

    @Test
    default void aProxyThatIsNotThereFailsInThePhaseConnect() throws Exception {
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(FarEnd.loopback(), 0));
            InetSocketAddress nobody = new InetSocketAddress(FarEnd.loopback(), bound.getLocalPort());
            try (FarEnd far = FarEnd.open();
                    Transport transport = start(TransportSetup.standard().through(nobody))) {
                for (String scheme : List.of("http", "https")) {
                    Requests.failure(transport.send(Requests.post(far.origin(scheme))), Phase.CONNECT);
                }
                assertThat(far.accepted()).isZero();
            }
        }
    }
}
