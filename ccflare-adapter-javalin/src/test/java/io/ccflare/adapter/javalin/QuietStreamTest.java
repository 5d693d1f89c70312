package io.ccflare.adapter.javalin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A model may think for longer than a container's idle time-out; a caller may not dawdle that long. */
class QuietStreamTest {

    private static final int IDLE_MILLIS = 1000;
    private static final int LONGER = 1400;

    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private Javalin javalin;

    @AfterEach
    void stop() {
        javalin.stop();
        later.shutdownNow();
    }

    private void start(GatewayHandler handler) throws Exception {
        javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.jetty.addConnector((server, http) -> {
                ServerConnector connector = new ServerConnector(server);
                connector.setHost("127.0.0.1");
                connector.setPort(0);
                connector.setIdleTimeout(IDLE_MILLIS);
                return connector;
            });
            JavalinGateway.mount(
                    config, "/v1", request -> request.method().equals("GET") ? warm() : handler.handle(request));
        });
        javalin.start();
        // The first request loads classes, which may itself take longer than the time-out.
        try {
            send(HttpRequest.newBuilder(uri()).GET());
        } catch (IOException coldStart) {
            send(HttpRequest.newBuilder(uri()).GET());
        }
    }

    private static CompletableFuture<GatewayResponse> warm() {
        return CompletableFuture.completedFuture(GatewayResponse.of(204, Headers.empty(), FixedBody.empty()));
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + javalin.port() + "/v1/messages");
    }

    private static String send(HttpRequest.Builder request) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void a_response_that_is_silent_for_longer_than_the_connectors_idle_timeout_goes_on() throws Exception {
        start(request -> {
            SubmissionPublisher<List<ByteBuffer>> body = new SubmissionPublisher<>(Runnable::run, 8);
            Flow.Publisher<List<ByteBuffer>> begun = subscriber -> {
                body.subscribe(subscriber);
                later.schedule(() -> body.submit(bytes("one")), LONGER, TimeUnit.MILLISECONDS);
                later.schedule(body::close, 2 * LONGER, TimeUnit.MILLISECONDS);
            };
            GatewayResponse response =
                    GatewayResponse.of(200, Headers.of("content-type", "text/event-stream"), begun, body::close);
            CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
            later.schedule(() -> answer.complete(response), LONGER, TimeUnit.MILLISECONDS);
            return answer;
        });
        assertThat(send(HttpRequest.newBuilder(uri()).POST(HttpRequest.BodyPublishers.ofString("{}"))))
                .isEqualTo("one");
    }

    @Test
    void an_upload_that_stalls_for_longer_than_that_is_ended() throws Exception {
        CompletableFuture<Throwable> broken = new CompletableFuture<>();
        start(request -> answerWhenBroken(request, broken));
        try (Socket socket = new Socket("127.0.0.1", javalin.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).doesNotContain("200 OK");
            assertThat(broken.get(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    private static CompletableFuture<GatewayResponse> answerWhenBroken(
            GatewayRequest request, CompletableFuture<Throwable> broken) {
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        request.body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                // Only the end matters here.
            }

            @Override
            public void onError(Throwable cause) {
                answer.complete(GatewayResponse.of(400, Headers.empty(), FixedBody.empty()));
                broken.complete(cause);
            }

            @Override
            public void onComplete() {
                answer.complete(GatewayResponse.of(200, Headers.empty(), FixedBody.empty()));
            }
        });
        return answer;
    }

    private static List<ByteBuffer> bytes(String text) {
        return List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
