/** Mounts any {@link io.ccflare.api.http.GatewayHandler} in a Jakarta Servlet 6 container, with asynchronous I/O throughout. */
module io.ccflare.adapter.servlet {
    requires transitive io.ccflare.api;
    requires transitive jakarta.servlet;
    requires static transitive org.jspecify;
    requires static undertow.core;
    requires static undertow.servlet;
    requires static xnio.api;
    requires static org.eclipse.jetty.ee10.servlet;
    requires static org.eclipse.jetty.io;
    requires static org.eclipse.jetty.server;
    requires static org.eclipse.jetty.util;

    exports io.ccflare.adapter.servlet;
}
