package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** A connection comes about, or the call fails in the phase {@code CONNECT} and may be tried elsewhere. */
interface ConnectRules extends TransportHost {

    @Test
    default void aRefusedConnectionFailsInThePhaseConnect() throws Exception {
        try (Socket bound = new Socket();
                Transport transport = start()) {
            bound.bind(new InetSocketAddress(FarEnd.loopback(), 0));
            URI origin = URI.create("http://127.0.0.1:" + bound.getLocalPort());
            for (var request : List.of(Requests.post(origin), Requests.get(origin))) {
                TransportException error = Requests.failure(transport.send(request), Phase.CONNECT);
                assertThat(error).hasMessageContaining(origin.getAuthority());
            }
        }
    }

    @Test
    default void aHostThatIsNotKnownFailsInThePhaseConnect() throws Exception {
        try (Transport transport = start()) {
            URI origin = URI.create("http://nobody.invalid");
            assertThat(Requests.failure(transport.send(Requests.post(origin)), Phase.CONNECT))
                    .hasMessageContaining("nobody.invalid");
        }
    }

    @Test
    default void connectingEndsWhenItsTimeIsOver() throws Exception {
        try (FullListener full = new FullListener();
                Transport transport = start(TransportSetup.standard().connectTimeout(Duration.ofMillis(200)))) {
            URI origin = URI.create("http://127.0.0.1:" + full.port());
            Requests.failure(transport.send(Requests.post(origin)), Phase.CONNECT);
        }
    }

    @Test
    default void cancellingWhileConnectingSendsNothing() throws Exception {
        try (FullListener full = new FullListener();
                Transport transport = start()) {
            URI origin = URI.create("http://127.0.0.1:" + full.port());
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(origin, "/cancelled", "{}"));
            CompletableFuture<UpstreamResponse> next = transport.send(Requests.post(origin, "/next", "{}"));
            assertThat(call.cancel(true)).isTrue();
            full.letIn();
            List<String> targets = new ArrayList<>();
            while (targets.isEmpty()) {
                addTarget(full.accept(), targets);
            }
            for (Link link = full.acceptWithin(500); link != null; link = full.acceptWithin(500)) {
                addTarget(link, targets);
            }
            assertThat(targets).containsExactly("/next");
            next.cancel(true);
        }
    }

    private static void addTarget(Link link, List<String> targets) throws IOException {
        Received received = link.headOrEnd();
        if (received != null) {
            targets.add(received.target());
        }
    }

    @Test
    default void timeForConnectingIncludesTls() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start(TransportSetup.standard().connectTimeout(Duration.ofMillis(200)))) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin("https")));
            Link link = far.accept();
            Requests.failure(call, Phase.CONNECT);
            link.untilEnd();
        }
    }

    @Test
    default void timeForConnectingDoesNotLimitTheCall() throws Exception {
        Duration timeout = Duration.ofMillis(200);
        try (FarEnd far = FarEnd.open();
                Transport transport = start(TransportSetup.standard().connectTimeout(timeout))) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            long begun = System.nanoTime();
            Waits.until(() -> System.nanoTime() - begun > timeout.toNanos() * 2, "twice the time-out to pass");
            link.write(Link.CHUNKED);
            Reading reading = Reading.all(Waits.get(call, "the answer"));
            long answered = System.nanoTime();
            Waits.until(() -> System.nanoTime() - answered > timeout.toNanos() * 2, "twice the time-out to pass");
            link.chunk("late").write("0\r\n\r\n");
            assertThat(reading.text()).isEqualTo("late");
        }
    }

    @Test
    default void aServerOfThePrivateAuthorityIsTrustedAndItsConnectionUsedAgain() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = FarEnd.open(authority.serverContext());
                Transport transport = start(TransportSetup.standard().trusting(authority.certificate))) {
            far.answer((request, link) -> link.write(Link.CHUNKED)
                    .chunk(request.target())
                    .chunk(request.text())
                    .write("0\r\n\r\n"));
            for (int i = 0; i < 10; i++) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin(), "/" + i, "{}"));
                assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("/" + i + "{}");
            }
            assertThat(far.accepted()).isLessThanOrEqualTo(5);
        }
    }

    @Test
    default void aServerOfAnotherAuthorityOrNameFailsInThePhaseConnectAndSeesNoRequest() throws Exception {
        Authority trusted = new Authority();
        for (SSLContext context : List.of(new Authority().serverContext(), trusted.contextOfAnotherHost())) {
            for (String method : List.of("POST", "GET")) {
                try (FarEnd far = FarEnd.open(context);
                        Transport transport = start(TransportSetup.standard().trusting(trusted.certificate))) {
                    far.serve(link -> assertThat(link.headOrEnd()).isNull());
                    var request = Requests.of(method, far.origin(), "/", Requests.gathered("{}"));
                    assertThat(Requests.failure(transport.send(request), Phase.CONNECT))
                            .hasMessageContaining("127.0.0.1:" + far.port());
                }
            }
        }
    }

    @Test
    default void aHandshakeThatBreaksFailsInThePhaseConnect() throws Exception {
        // A TLS alert: fatal, handshake_failure.
        byte[] alert = {21, 3, 3, 0, 2, 2, 40};
        for (byte[] answer :
                List.of(alert, "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII), new byte[0])) {
            try (FarEnd far = FarEnd.open();
                    Transport transport = start()) {
                far.serve(link -> {
                    link.exactly(1);
                    link.write(answer);
                    link.endOutput();
                    link.untilEnd();
                });
                Requests.failure(transport.send(Requests.post(far.origin("https"))), Phase.CONNECT);
            }
        }
    }

    @Test
    default void aConnectionLostInTlsBreaksTheBodyOff() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = FarEnd.open(authority.serverContext());
                Transport transport = start(TransportSetup.standard().trusting(authority.certificate))) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED).chunk("abc");
            Reading reading = Reading.all(Waits.get(call, "the answer"));
            assertThat(reading.next()).isEqualTo("abc");
            link.close();
            reading.breaksOff();
        }
    }
}
