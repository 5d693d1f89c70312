package io.ccflare.adapter.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.ErrorResponse;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is the servlet's own beside the contract. */
class GatewayServletTest {

    private final BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
    private final GatewayHandler handler = request -> {
        seen.add(request);
        return CompletableFuture.completedFuture(GatewayResponse.of(200, Headers.empty(), FixedBody.empty()));
    };
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    private void start(ServletMount mount, String contextPath, String pattern) throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler(contextPath);
        context.addServlet(new ServletHolder(new GatewayServlet(mount)), pattern);
        server.setHandler(context);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private HttpResponse<String> get(String target) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + connector.getLocalPort() + target);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aPathThatIsSpelledUnlikeItsMountIsRefusedInTheDialectOfTheApi() throws Exception {
        start(ServletMount.builder(handler).build(), "/", "/v1/*");
        HttpResponse<String> refused = get("/%76%31/models");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .startsWith("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"")
                .contains("does not lie under the mount /v1");
        assertThat(seen).isEmpty();
    }

    @Test
    void theContextPathIsPartOfTheMount() throws Exception {
        start(ServletMount.builder(handler).build(), "/app", "/v1/*");
        assertThat(get("/app/v1/models").statusCode()).isEqualTo(200);
        assertThat(seen.take().mount()).isEqualTo("/app/v1");
    }

    @Test
    void theHostShapesTheErrors() throws Exception {
        ErrorResponse own = (status, message) ->
                GatewayResponse.of(status, Headers.of("x-own", "yes"), FixedBody.of(new byte[] {'!'}));
        start(ServletMount.builder(handler).path("/elsewhere").errors(own).build(), "/", "/*");
        HttpResponse<String> refused = get("/v1/models");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("x-own")).contains("yes");
        assertThat(refused.body()).isEqualTo("!");
    }

    @Test
    void anErrorResponseThatFailsIsReplacedByTheDefault() throws Exception {
        ErrorResponse broken = (status, message) -> {
            throw new IllegalStateException("secret detail");
        };
        start(ServletMount.builder(handler).path("/elsewhere").errors(broken).build(), "/", "/*");
        assertThat(get("/v1/models").body()).contains("invalid_request_error");
    }

    @Test
    void aCallerFunctionThatFailsIsA500WithoutItsMessage() throws Exception {
        ServletMount mount = ServletMount.builder(handler)
                .caller(request -> {
                    throw new IllegalArgumentException("secret detail");
                })
                .build();
        start(mount, "/", "/*");
        HttpResponse<String> refused = get("/v1/models");
        assertThat(refused.statusCode()).isEqualTo(500);
        assertThat(refused.body()).contains("api_error").doesNotContain("secret");
        assertThat(seen).isEmpty();
    }
}
