package io.ccflare.examples;

import io.ccflare.adapter.vertx.VertxGateway;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.core.Gateway;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service on Vert.x with routes and users of its own, several instances of it on as many event loops, and one gateway that all of them
 * share. What the gateway adds is one line, {@code VertxGateway.mount(router, "/v1", gateway)}.
 */
public final class VertxService implements AutoCloseable {

    private static final int SECONDS_TO_START = 20;
    private static final int SECONDS_TO_DRAIN = 10;

    private final Vertx vertx;
    private final AtomicInteger port;

    private VertxService(Vertx vertx, AtomicInteger port) {
        this.vertx = vertx;
        this.port = port;
    }

    /**
     * Starts the service on loopback.
     *
     * @param gateway stays the caller's to close; before this service, so that open streams end in peace
     * @param usersByToken who may use it, by their tokens
     * @param instances how many verticles, each with an event loop of its own
     * @param port 0 for a free one
     */
    public static VertxService start(
            GatewayHandler gateway, Map<String, String> usersByToken, int instances, int port) {
        Vertx vertx = Vertx.vertx();
        AtomicInteger bound = new AtomicInteger();
        Map<String, String> users = Map.copyOf(usersByToken);
        Future<String> started = vertx.deployVerticle(
                () -> new Instance(gateway, users, port, bound), new DeploymentOptions().setInstances(instances));
        try {
            started.await(SECONDS_TO_START, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            vertx.close();
            throw new IllegalStateException("the service did not start within " + SECONDS_TO_START + " seconds", e);
        } catch (RuntimeException e) {
            vertx.close();
            throw e;
        }
        return new VertxService(vertx, bound);
    }

    /** Starts it over an imitation of the API, until it is interrupted; on port 8082, or the one that is given. */
    public static void main(String[] args) {
        Console.quiet();
        Demo demo = Demo.start();
        Gateway gateway = Gateway.builder(demo::accounts).build();
        int instances = Runtime.getRuntime().availableProcessors();
        int port = args.length == 0 ? 8082 : Integer.parseInt(args[0]);
        VertxService service = start(gateway, Map.of("annas-token", "anna", "bens-token", "ben"), instances, port);
        Console.closeAtExit(gateway, service, demo);
        System.out.println("A service on Vert.x at " + service.address() + ". Try:\n"
                + "  curl -X POST -H 'x-api-key: annas-token' -d 'What is a verticle?' " + service.address() + "/ask\n"
                + "  curl -H 'x-api-key: annas-token' " + service.address() + "/v1/models");
    }

    /** One of several that listen on the same port; Vert.x hands each connection to one of them. */
    private static final class Instance extends VerticleBase {

        private final GatewayHandler gateway;
        private final Claude claude;
        private final Map<String, String> usersByToken;
        private final int wanted;
        private final AtomicInteger bound;

        Instance(GatewayHandler gateway, Map<String, String> usersByToken, int wanted, AtomicInteger bound) {
            this.gateway = gateway;
            this.claude = new Claude(gateway);
            this.usersByToken = usersByToken;
            this.wanted = wanted;
            this.bound = bound;
        }

        @Override
        public Future<?> start() {
            Router router = Router.router(vertx);
            router.get("/health").handler(context -> context.end("well\n"));
            router.route().handler(this::authenticate);
            router.post("/ask").handler(this::ask);
            VertxGateway.mount(router, "/v1", gateway);
            // A negative port is a free one that all instances share.
            HttpServerOptions options = new HttpServerOptions().setMaxHeaderSize(32 * 1024);
            return vertx.createHttpServer(options)
                    .requestHandler(router)
                    .listen(wanted == 0 ? -1 : wanted, "127.0.0.1")
                    .onSuccess((HttpServer server) -> bound.set(server.actualPort()));
        }

        /** Every route below, the gateway's too, is for users with a token; the gateway learns who asks. */
        private void authenticate(RoutingContext context) {
            String user = usersByToken.get(token(context));
            if (user == null) {
                context.response()
                        .setStatusCode(401)
                        .end("unknown token; send yours as x-api-key or as Authorization: Bearer\n");
                return;
            }
            context.put(VertxGateway.CALLER, user);
            context.next();
        }

        /** Claude clients send what they take for an API key in either header. */
        private static String token(RoutingContext context) {
            String key = context.request().getHeader("x-api-key");
            String authorization = context.request().getHeader("Authorization");
            if (key == null && authorization != null && authorization.startsWith("Bearer ")) {
                return authorization.substring("Bearer ".length());
            }
            return key == null ? "" : key;
        }

        private void ask(RoutingContext context) {
            Context home = vertx.getOrCreateContext();
            String user = Objects.requireNonNull(context.<String>get(VertxGateway.CALLER));
            context.request()
                    .body()
                    .compose(question -> Future.fromCompletionStage(claude.ask(user, question.toString()), home))
                    .onSuccess(answer -> context.end(answer + "\n"))
                    .onFailure(cause -> unanswered(context, cause));
        }

        private static void unanswered(RoutingContext context, Throwable cause) {
            if (cause instanceof Claude.Unavailable) {
                context.response().setStatusCode(502).end(cause.getMessage() + "\n");
            } else {
                context.fail(cause);
            }
        }
    }

    /** Where it listens, without a slash at the end. */
    public String address() {
        return "http://127.0.0.1:" + port();
    }

    /** The port it listens on. */
    public int port() {
        return port.get();
    }

    @Override
    public void close() {
        try {
            vertx.close().await(SECONDS_TO_DRAIN, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("Vert.x did not close within " + SECONDS_TO_DRAIN + " seconds", e);
        }
    }
}
