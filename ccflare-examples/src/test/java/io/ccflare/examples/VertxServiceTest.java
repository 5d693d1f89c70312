package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.Gateway;
import io.ccflare.fake.FakeUpstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The service on Vert.x over a gateway and a fake upstream. */
class VertxServiceTest {

    private static final String TOKEN = "annas-token";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();
    private final Gateway gateway;
    private final VertxService service;

    VertxServiceTest() {
        upstream.account("key-a");
        Account account = Account.builder("id-a", "a", Credential.apiKey("key-a"))
                .endpoint(upstream.uri())
                .build();
        gateway = Gateway.builder(() -> List.of(account))
                .listener(new GatewayListener() {
                    @Override
                    public void requestEnded(RequestRecord record) {
                        records.add(record);
                    }
                })
                .build();
        service = VertxService.start(gateway, Map.of(TOKEN, "anna"), 2, 0);
    }

    @AfterEach
    void stop() {
        gateway.close();
        service.close();
        upstream.close();
    }

    private HttpRequest request(String method, String path, String token, String body) {
        return HttpRequest.newBuilder(URI.create(service.address() + path))
                .header("x-api-key", token)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> send(String method, String path, String token, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(request(method, path, token, body), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_message_streams_through_whole_and_the_user_is_recorded() throws Exception {
        RawHttp.Response answer = RawHttp.exchange(service.port(), RawHttp.message(true));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.end()).isEqualTo(RawHttp.End.WHOLE);
        RequestRecord record = records.poll(20, TimeUnit.SECONDS);
        assertThat(record).isNotNull();
        assertThat(record.caller()).isEqualTo("anna");
        assertThat(upstream.account("key-a").requests().get(0).headers().toString())
                .doesNotContain(TOKEN);
    }

    @Test
    void its_own_routes_work_beside_the_gateway() throws Exception {
        assertThat(send("GET", "/health", "guessed", "").body()).isEqualTo("well\n");
        assertThat(send("POST", "/ask", TOKEN, "What is a verticle?").body())
                .isNotBlank()
                .doesNotContain("{");
        assertThat(upstream.account("key-a").requests().get(0).bodyText()).contains("What is a verticle?");
    }

    @Test
    void who_has_no_token_reaches_no_account() throws Exception {
        assertThat(send("POST", "/v1/messages", "guessed", RawHttp.body(false)).statusCode())
                .isEqualTo(401);
        assertThat(upstream.count()).isZero();
    }

    @Test
    void all_instances_share_one_gateway() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            // A client of its own each, so that the connections reach both instances.
            answers.add(HttpClient.newHttpClient()
                    .sendAsync(
                            request("POST", "/v1/messages", TOKEN, RawHttp.body(i % 2 == 0)),
                            HttpResponse.BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(records.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
    }
}
