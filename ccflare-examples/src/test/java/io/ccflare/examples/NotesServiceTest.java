package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.record.RequestRecord;
import io.ccflare.fake.Fault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class NotesServiceTest {

    private static HttpResponse<String> send(Rig rig, String method, String path, String token, String body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(rig.service.address() + path))
                .header("x-api-key", token)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void its_own_routes_work_beside_the_gateway() throws Exception {
        try (Rig rig = new Rig(1)) {
            assertThat(send(rig, "POST", "/notes", Rig.TOKEN, "Buy milk").statusCode())
                    .isEqualTo(201);
            assertThat(send(rig, "GET", "/notes", Rig.TOKEN, "").body()).isEqualTo("1 Buy milk\n");
            assertThat(send(rig, "GET", "/notes", "bens-token", "").body())
                    .as("another user's notes")
                    .isEmpty();
            assertThat(rig.upstream.count()).isZero();
        }
    }

    @Test
    void a_route_of_its_own_asks_claude_in_the_name_of_its_user() throws Exception {
        try (Rig rig = new Rig(1)) {
            send(rig, "POST", "/notes", Rig.TOKEN, "Buy \"milk\"\nand eggs");
            HttpResponse<String> summary = send(rig, "POST", "/notes/1/summary", Rig.TOKEN, "");
            assertThat(summary.statusCode()).isEqualTo(200);
            assertThat(summary.body()).isNotBlank().doesNotContain("{");
            assertThat(rig.fake("a").requests().get(0).bodyText()).contains("Buy \\\"milk\\\"\\nand eggs");
            RequestRecord record = rig.record();
            assertThat(record.caller()).isEqualTo("anna");
            assertThat(record.route()).isEqualTo("messages");
        }
    }

    @Test
    void what_claude_cannot_answer_is_said_to_the_user() throws Exception {
        try (Rig rig = new Rig(1, Fault.INVALID_REQUEST, builder -> builder)) {
            send(rig, "POST", "/notes", Rig.TOKEN, "Buy milk");
            HttpResponse<String> summary = send(rig, "POST", "/notes/1/summary", Rig.TOKEN, "");
            assertThat(summary.statusCode()).isEqualTo(502);
            assertThat(summary.body()).contains("Claude answered 400: messages.0.content");
        }
    }

    @Test
    void who_has_no_token_reaches_neither_the_routes_nor_an_account() throws Exception {
        try (Rig rig = new Rig(1)) {
            assertThat(send(rig, "GET", "/notes", "guessed", "").statusCode()).isEqualTo(401);
            assertThat(send(rig, "POST", "/v1/messages", "guessed", RawHttp.body(false))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(rig.upstream.count()).isZero();
        }
    }

    @Test
    void a_users_token_never_goes_upstream_and_the_user_is_recorded() throws Exception {
        try (Rig rig = new Rig(1)) {
            assertThat(send(rig, "POST", "/v1/messages", Rig.TOKEN, RawHttp.body(false))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(rig.record().caller()).isEqualTo("anna");
            assertThat(rig.fake("a").requests().get(0).headers().toString())
                    .contains("key-a")
                    .doesNotContain(Rig.TOKEN);
        }
    }
}
