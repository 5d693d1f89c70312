package io.ccflare.benchmarks.load.host;

import io.ccflare.adapter.javalin.JavalinGateway;
import io.ccflare.api.http.GatewayHandler;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.util.function.Consumer;

/** Javalin 7, with the gateway or with routes of one's own. */
final class JavalinFront implements Front {

    /** For routes that read bodies whole. */
    private static final long LARGEST_BODY = 64 << 20;

    private final Javalin javalin;

    private JavalinFront(Javalin javalin) {
        this.javalin = javalin;
    }

    static JavalinFront gateway(GatewayHandler handler) {
        return start(config -> JavalinGateway.mount(config, "/v1", handler));
    }

    static JavalinFront start(Consumer<JavalinConfig> routes) {
        return new JavalinFront(Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.concurrency.useVirtualThreads = false;
                    config.http.maxRequestSize = LARGEST_BODY;
                    config.jetty.threadPool = Jetty.threads();
                    config.jetty.addConnector(Jetty::connector);
                    routes.accept(config);
                })
                .start());
    }

    @Override
    public int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
