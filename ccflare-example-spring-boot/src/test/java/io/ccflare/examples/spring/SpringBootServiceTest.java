package io.ccflare.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.fake.Fault;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** The whole service on a real port, in front of a fake upstream with the accounts a and b. */
class SpringBootServiceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String MESSAGE =
            "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":9,\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ServletWebServerApplicationContext service = start();

    private ServletWebServerApplicationContext start() {
        List<Account> accounts = List.of(account("a"), account("b"));
        GatewayListener listener = new GatewayListener() {
            @Override
            public void requestEnded(RequestRecord record) {
                records.add(record);
            }
        };
        ApplicationContextInitializer<GenericApplicationContext> beans = context -> {
            context.registerBean(Users.class, () -> new Users(Map.of("annas-token", "anna")));
            context.registerBean(AccountStore.class, () -> () -> accounts);
            context.registerBean(GatewayListener.class, () -> listener);
        };
        return (ServletWebServerApplicationContext) new SpringApplicationBuilder(SpringBootService.class)
                .initializers(beans)
                .run("--server.port=0");
    }

    private Account account(String name) {
        upstream.account("key-" + name);
        return Account.builder("id-" + name, name, Credential.apiKey("key-" + name))
                .priority(name.equals("a") ? 0 : 1)
                .endpoint(upstream.uri())
                .build();
    }

    @AfterEach
    void stop() {
        service.close();
        upstream.close();
    }

    private HttpRequest request(String method, String path, String token, String body) {
        int port = service.getWebServer().getPort();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("x-api-key", token)
                .header("anthropic-version", "2023-06-01")
                .timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> send(String method, String path, String token, String body) throws Exception {
        return client.send(request(method, path, token, body), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<InputStream> stream() throws Exception {
        return client.send(
                request("POST", "/v1/messages", "annas-token", MESSAGE.formatted(true)),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    private RequestRecord record() throws InterruptedException {
        RequestRecord record = records.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(record).as("a record").isNotNull();
        return record;
    }

    @Test
    void a_message_goes_through_and_its_user_is_recorded() throws Exception {
        HttpResponse<String> answer = send("POST", "/v1/messages", "annas-token", MESSAGE.formatted(false));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"type\":\"message\"");
        RequestRecord record = record();
        assertThat(record.caller()).isEqualTo("anna");
        assertThat(record.accountName()).isEqualTo("a");
        assertThat(upstream.account("key-a").requests().get(0).headers().toString())
                .contains("key-a")
                .doesNotContain("annas-token");
    }

    @Test
    void a_stream_comes_event_by_event() throws Exception {
        upstream.account("key-a").fault(Fault.NONE);
        upstream.eventInterval(Duration.ofMillis(50));
        HttpResponse<InputStream> answer = stream();
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("event: message_start");
            assertThat(upstream.openStreams())
                    .as("streams that are still being sent when the first line is here")
                    .isEqualTo(1);
            assertThat(lines.lines().toList()).contains("event: message_stop");
        }
    }

    @Test
    void an_account_at_its_limit_is_passed_over() throws Exception {
        upstream.account("key-a").fault(Fault.RATE_LIMITED);
        HttpResponse<String> answer = send("POST", "/v1/messages", "annas-token", MESSAGE.formatted(false));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("ccflare-account")).contains("b");
        assertThat(record().attempts()).hasSize(2);
    }

    @Test
    void a_caller_that_hangs_up_ends_the_upstream_call() throws Exception {
        upstream.eventInterval(Duration.ofMillis(20)).deltas(100_000);
        HttpResponse<InputStream> answer = stream();
        assertThat(answer.body().read()).isPositive();
        answer.body().close();
        upstream.account("key-a").awaitCanceled(1, PATIENCE);
    }

    @Test
    void its_own_route_works_as_before_and_the_filter_stands_before_both() throws Exception {
        assertThat(send("GET", "/hello", "annas-token", "").body()).isEqualTo("Hello, anna!");
        assertThat(send("GET", "/hello", "guessed", "").statusCode()).isEqualTo(401);
        assertThat(send("POST", "/v1/messages", "guessed", MESSAGE.formatted(false))
                        .statusCode())
                .isEqualTo(401);
        assertThat(upstream.count()).isZero();
    }

    @Test
    void a_stop_lets_an_open_stream_come_to_its_end() throws Exception {
        upstream.eventInterval(Duration.ofMillis(20)).deltas(50);
        HttpResponse<InputStream> answer = stream();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("event: message_start");
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(service::close);
            assertThat(lines.lines().toList()).contains("event: message_stop");
            stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(record().caller()).isEqualTo("anna");
    }
}
