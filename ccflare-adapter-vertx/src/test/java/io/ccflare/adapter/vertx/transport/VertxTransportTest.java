package io.ccflare.adapter.vertx.transport;

import io.ccflare.api.transport.Transport;
import io.ccflare.testkit.transport.TransportContract;
import io.ccflare.testkit.transport.TransportSetup;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ProxyOptions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

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

    /** Control characters, spaces and what is beyond ASCII cannot stand in a request line. */
    @Override
    public String onTheWire(String target) {
        return Head.target(target);
    }

    /** They are the host's. */
    @Override
    public boolean mayOutliveItsTransport(Thread thread) {
        return thread.getName().startsWith("vert.x-");
    }

    private static String pem(byte[] certificate) {
        byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, lineEnd).encodeToString(certificate)
                + "\n-----END CERTIFICATE-----\n";
    }
}
