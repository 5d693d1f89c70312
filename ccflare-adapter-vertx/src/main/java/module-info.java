/** Mounts any {@link io.ccflare.api.http.GatewayHandler} in a Vert.x Web router, and sends upstream calls with Vert.x' HTTP client. */
module io.ccflare.adapter.vertx {
    requires transitive io.ccflare.api;
    requires transitive io.vertx.core;
    requires io.netty.buffer;
    requires io.netty.transport;
    requires static transitive org.jspecify;

    exports io.ccflare.adapter.vertx.transport;
}
