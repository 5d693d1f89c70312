package io.ccflare.adapter.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.ErrorResponse;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.TimeoutHandler;
import io.vertx.ext.web.impl.UserContextInternal;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The adapter among the things that a Vert.x host has. */
class VertxGatewayTest {

    private static final GatewayHandler ECHO = request -> Server.body(request)
            .thenApply(text -> Server.answer(
                            request.mount() + " " + request.path() + " " + request.contentLength() + ":" + text)
                    .join());

    private static final GatewayHandler CALLER = request -> Server.answer(String.valueOf(request.caller()));

    @Test
    void what_a_body_handler_in_front_has_gathered_is_the_body() throws Exception {
        String large = "0123456789".repeat(100_000);
        try (Server server = Server.start(router -> {
            router.route().handler(BodyHandler.create(false));
            VertxGateway.mount(router, "/v1", ECHO);
        })) {
            assertThat(server.post("/v1/a", "hello").body()).isEqualTo("/v1 /v1/a 5:hello");
            assertThat(server.post("/v1/a", large).body()).isEqualTo("/v1 /v1/a 1000000:" + large);
            assertThat(server.get("/v1/a").body()).isEqualTo("/v1 /v1/a 0:");
            assertThat(server.raw("POST /v1/a HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
                    .endsWith("/v1 /v1/a 3:abc");
        }
    }

    @Test
    void a_form_that_a_body_handler_took_apart_is_refused_and_not_sent_on_empty() throws Exception {
        try (Server server = Server.start(router -> {
            router.route().handler(BodyHandler.create(false));
            VertxGateway.mount(router, "/v1", ECHO);
        })) {
            HttpResponse<String> answer = server.post(
                    "/v1/files",
                    "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n",
                    "Content-Type",
                    "multipart/form-data; boundary=x");
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("api_error");
            assertThat(server.post("/v1/a", "a=b", "Content-Type", "application/x-www-form-urlencoded")
                            .body())
                    .endsWith("3:a=b");
        }
    }

    @Test
    void a_handler_in_front_may_take_its_time_if_it_pauses_the_request() throws Exception {
        try (Server server = Server.start(router -> {
            router.route("/paused/*").handler(context -> {
                context.request().pause();
                context.vertx().setTimer(20, timer -> context.next());
            });
            router.route("/careless/*").handler(context -> context.vertx().setTimer(20, timer -> context.next()));
            VertxGateway.mount(router, "/paused", ECHO);
            VertxGateway.mount(router, "/careless", ECHO);
        })) {
            assertThat(server.post("/paused/a", "hello").body()).isEqualTo("/paused /a 5:hello");
            HttpResponse<String> careless = server.post("/careless/a", "hello");
            assertThat(careless.statusCode()).as("its body is gone").isEqualTo(500);
            assertThat(server.get("/careless/a").body()).isEqualTo("/careless /a 0:");
        }
    }

    @Test
    void a_handler_in_front_may_go_on_from_a_thread_of_its_own() throws Exception {
        Set<Boolean> onLoop = ConcurrentHashMap.newKeySet();
        GatewayHandler handler = request -> {
            onLoop.add(Context.isOnEventLoopThread());
            return ECHO.handle(request);
        };
        try (Server server = Server.start(router -> {
            router.route().handler(context -> {
                context.request().pause();
                CompletableFuture.runAsync(context::next);
            });
            VertxGateway.mount(router, "/v1", handler);
            VertxGateway.mount(router, "/refused", handler, context -> {
                throw new HttpException(401);
            });
        })) {
            assertThat(server.post("/v1/a", "hello").body()).isEqualTo("/v1 /v1/a 5:hello");
            assertThat(server.get("/refused/a").statusCode()).isEqualTo(401);
        }
        assertThat(onLoop).containsExactly(true);
    }

    @Test
    void mount_points_of_sub_routers_are_part_of_the_prefix() throws Exception {
        Vertx other = Vertx.vertx();
        try (Server server = Server.start(router -> {
            Router inner = Router.router(other);
            VertxGateway.mount(inner, "/v1", ECHO);
            Router outer = Router.router(other);
            outer.route("/llm/*").subRouter(inner);
            router.route("/team/*").subRouter(outer);
            Router root = Router.router(other);
            VertxGateway.mount(root, "/", ECHO);
            router.route("/tenant/:id/*").subRouter(root);
            Router top = Router.router(other);
            VertxGateway.mount(top, "/x", ECHO);
            router.route("/*").subRouter(top);
        })) {
            assertThat(server.get("/team/llm/v1/messages?a=b").body()).isEqualTo("/team/llm/v1 /v1/messages 0:");
            assertThat(server.get("/tenant/7/v1/messages").body()).isEqualTo("/tenant/7 /v1/messages 0:");
            assertThat(server.get("/x/v1/messages").body()).isEqualTo("/x /v1/messages 0:");
            assertThat(server.get("/team/llm/v1x").statusCode()).isEqualTo(404);
        } finally {
            other.close().await(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_handler_that_is_registered_by_hand_knows_its_route() throws Exception {
        try (Server server = Server.start(router -> {
            VertxGateway gateway = VertxGateway.builder(ECHO).build();
            router.route("/a/b/*").handler(gateway);
            router.post("/v1/messages")
                    .handler(VertxGateway.builder(ECHO).path("/v1").build());
            router.routeWithRegex("/r\\d/.*").handler(gateway);
        })) {
            assertThat(server.get("/a/b/v1/models").body()).isEqualTo("/a/b /v1/models 0:");
            assertThat(server.post("/v1/messages", "{}").body()).isEqualTo("/v1 /v1/messages 2:{}");
            assertThat(server.get("/v1/messages").statusCode()).isEqualTo(405);
            assertThat(server.get("/r1/a").statusCode())
                    .as("it cannot know where this begins")
                    .isEqualTo(500);
        }
    }

    @Test
    void a_mount_may_belong_to_a_virtual_host() throws Exception {
        try (Server server = Server.start(router -> {
            VertxGateway.mount(router, "/v1", request -> Server.answer("one")).virtualHost("one.example");
            VertxGateway.mount(router, "/v1", request -> Server.answer("any"));
        })) {
            String request = "GET /v1/a HTTP/1.1\r\nConnection: close\r\nHost: ";
            assertThat(server.raw(request + "one.example\r\n\r\n")).endsWith("one");
            assertThat(server.raw(request + "two.example\r\n\r\n")).endsWith("any");
        }
    }

    @Test
    void a_path_with_a_placeholder_is_refused() {
        Vertx vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        for (String path : new String[] {"v1", "/:tenant/v1", "/v1/*", ""}) {
            assertThatThrownBy(() -> VertxGateway.mount(router, path, ECHO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("plain path");
        }
        vertx.close().await();
    }

    @Test
    void instances_of_a_verticle_share_one_handler_each_on_its_own_event_loop() throws Exception {
        Set<String> loops = ConcurrentHashMap.newKeySet();
        Set<Boolean> home = ConcurrentHashMap.newKeySet();
        GatewayHandler handler = request -> {
            String loop = Thread.currentThread().getName();
            loops.add(loop);
            home.add(Context.isOnEventLoopThread());
            return Server.body(request).thenApply(text -> {
                home.add(Thread.currentThread().getName().equals(loop));
                return Server.answer(text).join();
            });
        };
        deployed(new DeploymentOptions().setInstances(4), handler, port -> {
            for (int i = 0; i < 16; i++) {
                assertThat(posted(port)).isEqualTo("hello");
            }
        });
        assertThat(loops).hasSizeGreaterThan(1);
        assertThat(home).as("always on the event loop").containsExactly(true);
    }

    @Test
    void a_worker_verticle_may_mount_it_too() throws Exception {
        DeploymentOptions worker = new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
        deployed(
                worker,
                request -> Server.body(request)
                        .thenApply(text -> Server.answer(text).join()),
                port -> {
                    for (int i = 0; i < 16; i++) {
                        assertThat(posted(port)).isEqualTo("hello");
                    }
                });
    }

    private interface Use {
        void of(int port) throws Exception;
    }

    private static void deployed(DeploymentOptions options, GatewayHandler handler, Use use) throws Exception {
        Vertx vertx = Vertx.vertx();
        CompletableFuture<Integer> port = new CompletableFuture<>();
        vertx.deployVerticle(
                        () -> new VerticleBase() {
                            @Override
                            public io.vertx.core.Future<?> start() {
                                Router router = Router.router(vertx);
                                VertxGateway.mount(router, "/v1", handler);
                                return vertx.createHttpServer()
                                        .requestHandler(router)
                                        .listen(-1, "127.0.0.1")
                                        .onSuccess(server -> port.complete(server.actualPort()));
                            }
                        },
                        options)
                .await(10, TimeUnit.SECONDS);
        try {
            use.of(port.get(10, TimeUnit.SECONDS));
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    /** On a connection of its own, so that each instance has its turn. */
    private static String posted(int port) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("POST /v1/a HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
                            .getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    @Test
    void who_asks_is_what_the_host_put_into_the_context_else_its_user() throws Exception {
        try (Server server = Server.start(router -> {
            router.route("/key/*")
                    .handler(context -> context.put(VertxGateway.CALLER, "ann").next());
            router.route("/user/*").handler(context -> {
                ((UserContextInternal) context.userContext()).setUser(User.fromName("ben"));
                context.next();
            });
            for (String path : new String[] {"/key", "/user", "/none"}) {
                VertxGateway.mount(router, path, CALLER);
            }
            VertxGateway.mount(router, "/refused", CALLER, context -> {
                throw new HttpException(401);
            });
        })) {
            assertThat(server.get("/key/a").body()).isEqualTo("ann");
            assertThat(server.get("/user/a").body()).isEqualTo("ben");
            assertThat(server.get("/none/a").body()).isEqualTo("null");
            assertThat(server.post("/refused/a", "{}").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void the_host_may_word_its_own_errors_and_a_broken_one_is_replaced() throws Exception {
        GatewayHandler broken = request -> {
            throw new IllegalStateException("secret detail");
        };
        try (Server server = Server.start(router -> {
            router.route().handler(context -> {
                context.response().putHeader("access-control-allow-origin", "*");
                context.next();
            });
            ErrorResponse own = (status, message) -> GatewayResponse.of(
                    status, Headers.empty(), FixedBody.of((status + ": " + message).getBytes(StandardCharsets.UTF_8)));
            VertxGateway.builder(broken).errors(own).mount(router, "/own");
            VertxGateway.builder(broken)
                    .errors((status, message) -> {
                        throw new IllegalStateException("broken too");
                    })
                    .mount(router, "/broken");
        })) {
            HttpResponse<String> own = server.get("/own/a");
            assertThat(own.statusCode()).isEqualTo(500);
            assertThat(own.body()).isEqualTo("500: internal error");
            assertThat(own.headers().firstValue("access-control-allow-origin")).hasValue("*");
            assertThat(server.get("/broken/a").body()).contains("api_error").doesNotContain("secret");
        }
    }

    @Test
    void a_response_that_cannot_be_sent_is_a_500() throws Exception {
        GatewayHandler handler = request -> switch (request.path()) {
            case "/v1/status" ->
                CompletableFuture.completedFuture(GatewayResponse.of(101, Headers.empty(), FixedBody.empty()));
            case "/v1/length" -> Server.answer("text", "Content-Length", "four");
            case "/v1/lengths" -> Server.answer("text", "Content-Length", "4", "content-length", "4");
            default -> Server.answer("text", "x-fine", "1", "x-control", "a\u0007b");
        };
        try (Server server = Server.start(router -> VertxGateway.mount(router, "/v1", handler))) {
            for (String path : new String[] {"/v1/status", "/v1/length", "/v1/lengths", "/v1/control"}) {
                HttpResponse<String> answer = server.get(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(500);
                assertThat(answer.body()).contains("api_error");
                assertThat(answer.headers().firstValue("x-fine")).isEmpty();
            }
        }
    }

    @Test
    void header_values_beyond_ascii_go_in_and_out_as_they_are() throws Exception {
        GatewayHandler handler = request ->
                Server.answer("", "x-back", String.valueOf(request.headers().first("x-there")));
        try (Server server = Server.start(router -> VertxGateway.mount(router, "/v1", handler))) {
            assertThat(
                            server.raw(
                                    "GET /v1/a HTTP/1.1\r\nHost: test\r\nConnection: close\r\nx-there: caf\u00c3\u00a9 \u00ff\r\n\r\n"))
                    .contains("x-back: caf\u00c3\u00a9 \u00ff\r\n");
        }
    }

    @Test
    void a_caller_that_awaits_100_gets_it_when_the_body_is_asked_for_and_not_before() throws Exception {
        String head = "POST /v1/%s HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        GatewayHandler handler = request ->
                request.path().equals("/v1/asks") ? ECHO.handle(request) : Server.answer("no", "Content-Length", "2");
        try (Server server = Server.start(router -> VertxGateway.mount(router, "/v1", handler));
                Socket asked = new Socket("127.0.0.1", server.port());
                Socket refused = new Socket("127.0.0.1", server.port())) {
            asked.getOutputStream().write(head.formatted("asks").getBytes(StandardCharsets.UTF_8));
            assertThat(text(asked.getInputStream(), 25)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            asked.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            assertThat(text(asked.getInputStream(), 15)).isEqualTo("HTTP/1.1 200 OK");

            refused.getOutputStream().write(head.formatted("refuses").getBytes(StandardCharsets.UTF_8));
            assertThat(text(refused.getInputStream(), 15)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    private static String text(InputStream in, int count) throws Exception {
        return new String(in.readNBytes(count), StandardCharsets.UTF_8);
    }

    @Test
    void what_is_left_of_a_body_is_dropped_and_the_connection_serves_again() throws Exception {
        try (Server server = Server.start(
                router -> VertxGateway.mount(router, "/v1", request -> Server.answer("no", "Content-Length", "2")))) {
            String large = "x".repeat(3_000_000);
            String answers = server.raw("POST /v1/a HTTP/1.1\r\nHost: test\r\nContent-Length: 3000000\r\n\r\n" + large
                    + "GET /v1/b HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(3);
        }
    }

    @Test
    void an_unmeasured_answer_to_an_http_10_caller_that_keeps_its_connection_ends_with_it() throws Exception {
        SubmissionPublisher<List<ByteBuffer>> body = new SubmissionPublisher<>(Runnable::run, 8);
        CompletableFuture<GatewayRequest> asked = new CompletableFuture<>();
        GatewayHandler handler = request -> {
            asked.complete(request);
            return Server.answer(body);
        };
        try (Server server = Server.start(router -> VertxGateway.mount(router, "/v1", handler))) {
            asked.thenAcceptAsync(request -> {
                while (!body.hasSubscribers()) {
                    Thread.onSpinWait();
                }
                body.submit(Server.batch("one "));
                body.submit(Server.batch("two"));
                body.close();
            });
            assertThat(server.raw("GET /v1/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
                    .containsIgnoringCase("connection: close")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .endsWith("\r\n\r\none two");
        }
    }

    @Test
    void an_upgrade_reaches_the_handler_as_an_ordinary_request() throws Exception {
        try (Server server = Server.start(router -> VertxGateway.mount(
                        router, "/v1", request -> Server.answer(request.path(), "Content-Length", "12")));
                Socket caller = new Socket("127.0.0.1", server.port())) {
            caller.setSoTimeout(10_000);
            caller.getOutputStream()
                    .write(("GET /v1/realtime HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(text(caller.getInputStream(), 51))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("/v1/realtime");
        }
    }

    @Test
    void a_response_that_the_host_ends_itself_cancels_the_call() throws Exception {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        GatewayHandler silent = request -> new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                cancelled.complete(null);
                return super.cancel(mayInterrupt);
            }
        };
        try (Server server = Server.start(router -> {
            router.route().handler(TimeoutHandler.create(50));
            VertxGateway.mount(router, "/v1", silent);
        })) {
            assertThat(server.post("/v1/a", "hello").statusCode()).isEqualTo(503);
            cancelled.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_server_that_compresses_leaves_alone_what_the_host_marks() throws Exception {
        String text = "compressible ".repeat(1000);
        HttpServerOptions compressing = new HttpServerOptions().setCompressionSupported(true);
        try (Server server = Server.start(compressing, router -> {
            router.route("/marked/*").handler(context -> {
                context.response().putHeader("content-encoding", "identity");
                context.next();
            });
            VertxGateway.mount(router, "/marked", request -> Server.answer(text));
            VertxGateway.mount(router, "/plain", request -> Server.answer(text));
        })) {
            HttpRequest.Builder request = server.request("/marked/a").header("Accept-Encoding", "gzip");
            HttpResponse<String> marked = Server.CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(marked.body()).isEqualTo(text);
            assertThat(marked.headers().firstValue("content-encoding")).isEmpty();
            request = server.request("/plain/a").header("Accept-Encoding", "gzip");
            assertThat(Server.CLIENT
                            .send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .headers()
                            .firstValue("content-encoding"))
                    .as("as the page warns")
                    .hasValue("gzip");
        }
    }

    @Test
    void a_caller_that_left_before_a_handler_in_front_went_on_costs_no_call() throws Exception {
        CompletableFuture<Void> before = new CompletableFuture<>();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        AtomicInteger calls = new AtomicInteger();
        GatewayHandler handler = request -> {
            calls.incrementAndGet();
            return new CompletableFuture<>();
        };
        try (Server server = Server.start(router -> {
            router.route().handler(context -> {
                context.request().pause();
                context.response()
                        .closeHandler(closed -> context.vertx().runOnContext(later -> {
                            context.next();
                            gone.complete(null);
                        }));
                before.complete(null);
            });
            VertxGateway.mount(router, "/v1", handler);
        })) {
            try (Socket caller = new Socket("127.0.0.1", server.port())) {
                caller.getOutputStream()
                        .write("POST /v1/a HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"
                                .getBytes(StandardCharsets.UTF_8));
                before.get(10, TimeUnit.SECONDS);
            }
            gone.get(10, TimeUnit.SECONDS);
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    void a_body_that_is_subscribed_later_and_elsewhere_is_sent() throws Exception {
        CompletableFuture<Flow.Subscriber<? super List<ByteBuffer>>> later = new CompletableFuture<>();
        try (Server server = Server.start(
                        router -> VertxGateway.mount(router, "/v1", request -> Server.answer(later::complete)));
                Socket caller = new Socket("127.0.0.1", server.port())) {
            caller.setSoTimeout(10_000);
            caller.getOutputStream().write("GET /v1/a HTTP/1.0\r\nHost: test\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(text(caller.getInputStream(), 15)).isEqualTo("HTTP/1.0 200 OK");
            FixedBody.of("late".getBytes(StandardCharsets.UTF_8)).subscribe(later.get(10, TimeUnit.SECONDS));
            assertThat(new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("late");
        }
    }

    @Test
    void a_caller_that_leaves_a_measured_body_unread_cancels_what_has_not_ended_behind_it() throws Exception {
        int length = 64 << 20;
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        Flow.Publisher<List<ByteBuffer>> endless = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private boolean sent;

            @Override
            public void request(long n) {
                if (!sent) {
                    sent = true;
                    subscriber.onNext(List.of(ByteBuffer.allocate(length)));
                }
            }

            @Override
            public void cancel() {
                cancelled.complete(null);
            }
        });
        try (Server server = Server.start(router -> VertxGateway.mount(
                router, "/v1", request -> Server.answer(endless, "Content-Length", String.valueOf(length))))) {
            try (Socket caller = new Socket("127.0.0.1", server.port())) {
                caller.getOutputStream()
                        .write("GET /v1/a HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                assertThat(text(caller.getInputStream(), 12)).isEqualTo("HTTP/1.1 200");
            }
            cancelled.get(10, TimeUnit.SECONDS);
        }
    }
}
