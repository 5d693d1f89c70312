package io.ccflare.benchmarks.load.host;

import io.ccflare.adapter.vertx.VertxGateway;
import io.ccflare.adapter.vertx.transport.VertxTransport;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.transport.Transport;
import io.ccflare.core.transport.JdkTransport;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import org.jspecify.annotations.Nullable;

/** What listens and what sends; both on one event loop where both are Vert.x. */
final class Stack implements AutoCloseable {

    private final String server;
    private final String client;
    private @Nullable Vertx vertx;

    private Stack(String server, String client) {
        this.server = server;
        this.client = client;
    }

    /** @param way as in {@code javalin+jdk} */
    static Stack named(String way) {
        String[] parts = way.split("\\+", 2);
        return new Stack(parts[0], parts[parts.length - 1]);
    }

    Transport transport() {
        return switch (client) {
            case "jdk" -> JdkTransport.create();
            case "vertx" -> VertxTransport.create(vertx());
            default -> throw new IllegalArgumentException("there is no transport " + client);
        };
    }

    Front front(GatewayHandler handler) {
        return switch (server) {
            case "javalin" -> JavalinFront.gateway(handler);
            case "servlet" -> ServletFront.gateway(handler);
            case "vertx" -> {
                Router router = Router.router(vertx());
                VertxGateway.mount(router, "/v1", handler);
                yield VertxFront.start(vertx(), router);
            }
            default -> throw new IllegalArgumentException("there is no host " + server);
        };
    }

    private Vertx vertx() {
        if (vertx == null) {
            vertx = OneLoop.vertx();
        }
        return vertx;
    }

    @Override
    public void close() {
        if (vertx != null) {
            OneLoop.await(vertx.close());
        }
    }
}
