package io.ccflare.examples;

import io.ccflare.adapter.vertx.transport.VertxTransport;
import io.ccflare.core.GatewayBuilder;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;

/** As {@link VertxSdkTest}, with Vert.x' client upstream: nothing of the JDK's HTTP client is left. */
class VertxBothWaysSdkTest extends VertxSdkTest {

    private static final Vertx UPSTREAM = Vertx.vertx();

    @AfterAll
    static void close() throws Exception {
        UPSTREAM.close().await(10, TimeUnit.SECONDS);
    }

    @Override
    GatewayBuilder configured(GatewayBuilder builder) {
        return builder.transport(VertxTransport.builder(UPSTREAM).build());
    }
}
