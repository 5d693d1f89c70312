package io.ccflare.adapter.javalin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.adapter.servlet.ServletMount;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.UnauthorizedResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a mount lives with the rest of a Javalin application. */
class JavalinGatewayTest {

    private final BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
    private final GatewayHandler handler = request -> {
        seen.add(request);
        FixedBody body = FixedBody.of("text ".repeat(1000).getBytes(StandardCharsets.UTF_8));
        return CompletableFuture.completedFuture(
                GatewayResponse.of(200, Headers.of("Content-Type", "text/plain"), body));
    };
    private Javalin javalin;

    private void start(Consumer<JavalinConfig> configure) {
        javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.jetty.host = "127.0.0.1";
            config.jetty.port = 0;
            configure.accept(config);
        });
        javalin.start();
    }

    @AfterEach
    void stop() {
        if (javalin != null) {
            javalin.stop();
        }
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + javalin.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void handlersInFrontMayRefuseEvenWhenTheyAreAddedLater() throws Exception {
        start(config -> {
            JavalinGateway.mount(config, "/v1", handler);
            config.routes.before("/v1/*", context -> {
                if (context.header("x-key") == null) {
                    throw new UnauthorizedResponse("who are you?");
                }
                context.attribute(ServletMount.CALLER, "ann");
            });
        });
        assertThat(get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(seen).isEmpty();
        assertThat(get("/v1/models", "x-key", "k").statusCode()).isEqualTo(200);
        assertThat(seen.take().caller()).isEqualTo("ann");
    }

    @Test
    void aCallerFunctionMayRefuse() throws Exception {
        start(config -> JavalinGateway.mount(config, "/v1", handler, context -> {
            throw new UnauthorizedResponse("who are you?");
        }));
        assertThat(get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(seen).isEmpty();
    }

    @Test
    void handlersAndLoggersBehindRunWhenTheResponseHasGoneOut() throws Exception {
        BlockingQueue<String> after = new LinkedBlockingQueue<>();
        start(config -> {
            JavalinGateway.mount(config, "/v1", handler);
            config.routes.after(
                    "/v1/*", context -> after.add("after " + context.res().getStatus()));
            config.requestLogger.http((context, millis) -> after.add("log " + context.path()));
        });
        get("/v1/models");
        assertThat(after.poll(10, TimeUnit.SECONDS)).isEqualTo("after 200");
        assertThat(after.poll(10, TimeUnit.SECONDS)).isEqualTo("log /v1/models");
    }

    @Test
    void javalinNeitherCompressesNorTagsWhatPasses() throws Exception {
        start(config -> {
            config.http.generateEtags = true;
            JavalinGateway.mount(config, "/v1", handler);
            config.routes.get("/own", context -> context.result("text ".repeat(1000)));
        });
        assertThat(get("/own", "Accept-Encoding", "gzip").headers().firstValue("content-encoding"))
                .as("the host's own answers are compressed")
                .contains("gzip");
        HttpResponse<String> passed = get("/v1/a", "Accept-Encoding", "gzip");
        assertThat(passed.headers().map()).doesNotContainKeys("content-encoding", "etag");
        assertThat(passed.body()).isEqualTo("text ".repeat(1000));
    }

    @Test
    void javalinsTimeOutDoesNotEndAResponse() throws Exception {
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        BlockingQueue<Long> timeout = new LinkedBlockingQueue<>();
        start(config -> {
            config.http.asyncTimeout = 5_000;
            JavalinGateway.mount(config, "/v1", request -> {
                seen.add(request);
                return answer;
            });
            config.routes.after(
                    "/v1/*",
                    context -> timeout.add(context.req().getAsyncContext().getTimeout()));
        });
        answer.complete(
                handler.handle(GatewayRequest.builder("GET", "/v1").build()).join());
        assertThat(get("/v1/a").statusCode()).isEqualTo(200);
        assertThat(timeout.poll(10, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void aContextPathIsPartOfTheMount() throws Exception {
        start(config -> {
            config.router.contextPath = "/app";
            JavalinGateway.mount(config, "/v1", handler);
        });
        assertThat(get("/app/v1/models").statusCode()).isEqualTo(200);
        GatewayRequest request = seen.take();
        assertThat(request.mount()).isEqualTo("/app/v1");
        assertThat(request.path()).isEqualTo("/v1/models");
    }

    @Test
    void aPathThatIsSpelledUnlikeItsMountIsRefusedInTheDialectOfTheApi() throws Exception {
        start(config -> {
            config.router.caseInsensitiveRoutes = true;
            JavalinGateway.mount(config, "/v1", handler);
        });
        HttpResponse<String> refused = get("/V1/models");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
                        + "\"the request target does not lie under the mount /v1\"}}");
    }

    @Test
    void aMountIsAPlainPath() {
        assertThatThrownBy(() -> start(config -> JavalinGateway.mount(config, "v1", handler)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> start(config -> JavalinGateway.mount(config, "/{a}", handler)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/{a}");
    }
}
