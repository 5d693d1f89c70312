package io.ccflare.adapter.vertx;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.testkit.adapter.AdapterContract;
import io.ccflare.testkit.adapter.Host;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The contract on Vert.x as a host would configure it. */
class VertxAdapterTest extends AdapterContract {

    @Override
    public Host start(Map<String, GatewayHandler> mounts) throws Exception {
        Vertx vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        router.get("/own").handler(context -> context.end("own"));
        mounts.forEach((path, handler) -> VertxGateway.mount(
                router, path, handler, context -> context.request().getHeader("x-user")));
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
        return new Host() {
            @Override
            public int port() {
                return server.actualPort();
            }

            @Override
            public void close() throws Exception {
                server.shutdown(3, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
                vertx.close().await(10, TimeUnit.SECONDS);
            }
        };
    }
}
