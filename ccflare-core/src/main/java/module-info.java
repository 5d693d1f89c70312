/** The engine of ccflare: gateway, balancer, stream forwarder, built-in providers and transport. Needs only the JDK. */
module io.ccflare.core {
    requires transitive io.ccflare.api;
    requires java.net.http;
    requires static transitive org.jspecify;

    exports io.ccflare.core;
    exports io.ccflare.core.anthropic;
    exports io.ccflare.core.memory;
    exports io.ccflare.core.price;
    exports io.ccflare.core.routing;
    exports io.ccflare.core.transport;
}
