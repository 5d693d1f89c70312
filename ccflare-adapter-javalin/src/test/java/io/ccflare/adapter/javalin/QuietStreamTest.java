package io.ccflare.adapter.javalin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** A model may think for longer than a container's idle time-out. */
class QuietStreamTest {

    private static final int IDLE_MILLIS = 300;

    @Test
    void a_response_that_is_silent_for_longer_than_the_connectors_idle_timeout_goes_on() throws Exception {
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        GatewayHandler handler = request -> {
            SubmissionPublisher<List<ByteBuffer>> body = new SubmissionPublisher<>(Runnable::run, 8);
            GatewayResponse response =
                    GatewayResponse.of(200, Headers.of("content-type", "text/event-stream"), body, body::close);
            CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
            later.schedule(() -> answer.complete(response), 4 * IDLE_MILLIS, TimeUnit.MILLISECONDS);
            later.schedule(() -> body.submit(bytes("one ")), 5 * IDLE_MILLIS, TimeUnit.MILLISECONDS);
            later.schedule(() -> body.submit(bytes("two")), 9 * IDLE_MILLIS, TimeUnit.MILLISECONDS);
            later.schedule(body::close, 13 * IDLE_MILLIS, TimeUnit.MILLISECONDS);
            return answer;
        };
        Javalin javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.jetty.addConnector((server, http) -> {
                ServerConnector connector = new ServerConnector(server);
                connector.setHost("127.0.0.1");
                connector.setPort(0);
                connector.setIdleTimeout(IDLE_MILLIS);
                return connector;
            });
            JavalinGateway.mount(config, "/v1", handler);
        });
        javalin.start();
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + javalin.port() + "/v1/messages"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            HttpResponse<String> reply = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(reply.body()).isEqualTo("one two");
        } finally {
            javalin.stop();
            later.shutdownNow();
        }
    }

    private static List<ByteBuffer> bytes(String text) {
        return List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
