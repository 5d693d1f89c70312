/**
 * Mounts any {@link io.ccflare.api.http.GatewayHandler} in a Vert.x Web 5 router, and sends upstream calls with Vert.x' HTTP client.
 */
module io.ccflare.adapter.vertx {
    requires transitive io.ccflare.api;
    requires transitive io.vertx.core;
    requires transitive io.vertx.web;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.vertx.auth.common;
    requires static transitive org.jspecify;

    exports io.ccflare.adapter.vertx;
    exports io.ccflare.adapter.vertx.transport;
}
