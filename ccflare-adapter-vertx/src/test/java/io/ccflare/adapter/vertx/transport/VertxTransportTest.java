package io.ccflare.adapter.vertx.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import io.ccflare.testkit.transport.FarEnd;
import io.ccflare.testkit.transport.TransportContract;
import io.ccflare.testkit.transport.TransportSetup;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ProxyOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VertxTransportTest extends TransportContract {

    private static Vertx vertx;

    @BeforeAll
    static void begin() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void end() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Override
    public Transport start(TransportSetup setup) throws Exception {
        VertxTransport.Builder builder = VertxTransport.builder(vertx).connectTimeout(setup.connectTimeout());
        if (setup.authority() != null) {
            builder.trust(new PemTrustOptions()
                    .addCertValue(Buffer.buffer(pem(setup.authority().getEncoded()))));
        }
        if (setup.proxy() != null) {
            builder.proxy(new ProxyOptions()
                    .setHost(setup.proxy().getHostString())
                    .setPort(setup.proxy().getPort()));
        }
        if (setup.http2Streams() > 0) {
            builder.http2(setup.http2Streams());
        }
        return builder.build();
    }

    /** What is beyond ASCII cannot stand in a request line. */
    @Override
    public String onTheWire(String target) {
        return target.replace("\u00e9", "%E9");
    }

    /** They are the host's. */
    @Override
    public boolean mayOutliveItsTransport(Thread thread) {
        return thread.getName().startsWith("vert.x-");
    }

    /** Vert.x cannot be told to give up a connection that it is making: it is closed when it is made or its time is over. */
    @Override
    @Test
    public void cancellingWhileTlsIsNegotiatedClosesTheConnection() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try (FarEnd server = FarEnd.open().serve(link -> {
                    link.exactly(1);
                    begun.complete(null);
                    link.untilEnd();
                    closed.complete(null);
                });
                VertxTransport transport = VertxTransport.builder(vertx)
                        .connectTimeout(Duration.ofMillis(300))
                        .build()) {
            URI origin = server.origin("https");
            CompletableFuture<UpstreamResponse> call =
                    transport.send(new UpstreamRequest("POST", origin, "/", Headers.empty(), new UpstreamBody.None()));
            Waits.get(begun);
            assertThat(call.cancel(false)).isTrue();
            Waits.get(closed);
        }
    }

    private static String pem(byte[] certificate) {
        byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, lineEnd).encodeToString(certificate)
                + "\n-----END CERTIFICATE-----\n";
    }
}
