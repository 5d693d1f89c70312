package io.ccflare.adapter.javalin;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.testkit.adapter.AdapterContract;
import io.ccflare.testkit.adapter.Host;
import io.javalin.Javalin;
import java.util.List;
import java.util.Map;

/** The contract on Javalin as a host would configure it. */
class JavalinAdapterTest extends AdapterContract {

    @Override
    public Host start(Map<String, GatewayHandler> mounts) {
        Javalin javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.jetty.host = "127.0.0.1";
            config.jetty.port = 0;
            config.http.generateEtags = true;
            config.routes.get("/own", context -> context.result("own"));
            mounts.forEach((path, handler) ->
                    JavalinGateway.mount(config, path, handler, context -> context.header("x-user")));
        });
        javalin.start();
        return new Host() {
            @Override
            public int port() {
                return javalin.port();
            }

            @Override
            public void close() {
                javalin.stop();
            }
        };
    }

    @Override
    public List<String> methods() {
        return List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY");
    }
}
