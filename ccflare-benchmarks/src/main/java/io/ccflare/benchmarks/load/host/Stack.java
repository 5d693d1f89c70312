package io.ccflare.benchmarks.load.host;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.transport.Transport;
import io.ccflare.core.transport.JdkTransport;

/** What listens and what sends. */
final class Stack {

    private final String server;
    private final String client;

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
            default -> throw new IllegalArgumentException("there is no transport " + client);
        };
    }

    Front front(GatewayHandler handler) {
        return switch (server) {
            case "javalin" -> JavalinFront.gateway(handler);
            case "servlet" -> ServletFront.gateway(handler);
            default -> throw new IllegalArgumentException("there is no host " + server);
        };
    }
}
