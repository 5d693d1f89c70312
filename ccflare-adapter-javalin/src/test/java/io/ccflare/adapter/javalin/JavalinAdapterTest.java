package io.ccflare.adapter.javalin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.testkit.adapter.AdapterContract;
import io.ccflare.testkit.adapter.Host;
import io.javalin.Javalin;
import io.javalin.util.JavalinException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.handler.GracefulHandler;

/** The contract on Javalin as a host would configure it. */
class JavalinAdapterTest extends AdapterContract {

    @Override
    public Host start(Map<String, GatewayHandler> mounts) {
        Javalin javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.jetty.host = "127.0.0.1";
            config.jetty.port = 0;
            // The graceful way to stop: the handler refuses what is new, the server waits for what is under way.
            config.jetty.modifyServer(server -> {
                server.insertHandler(new GracefulHandler());
                server.setStopTimeout(3000);
            });
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
                try {
                    javalin.stop();
                } catch (JavalinException e) {
                    // Jetty's way to say that it did not wait for all; it has stopped.
                    assertThat(e).hasCauseInstanceOf(TimeoutException.class);
                }
            }
        };
    }

    @Override
    public List<String> methods() {
        return List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY");
    }
}
