/** The contracts and value types of ccflare: what a host implements, and what the engine speaks. Needs only the JDK. */
module io.ccflare.api {
    requires static transitive org.jspecify;

    exports io.ccflare.api.account;
    exports io.ccflare.api.http;
    exports io.ccflare.api.provider;
    exports io.ccflare.api.record;
    exports io.ccflare.api.routing;
    exports io.ccflare.api.state;
    exports io.ccflare.api.time;
    exports io.ccflare.api.transport;
}
