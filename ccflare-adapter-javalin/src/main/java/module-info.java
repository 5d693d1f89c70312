/** Mounts any {@link io.ccflare.api.http.GatewayHandler} in a Javalin 7 application. */
module io.ccflare.adapter.javalin {
    requires transitive io.ccflare.api;
    requires io.ccflare.adapter.servlet;
    requires transitive io.javalin;
    requires static transitive org.jspecify;

    exports io.ccflare.adapter.javalin;
}
