package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.GatewaySettings;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that no well-behaved client sends, over a real adapter. What reaches the adapter is answered in the dialect of the API
 * or passed on as it is, and is recorded; what only the container sees, the container answers, and there is nothing to record.
 */
class BadInputTest {

    private final Rig rig = new Rig(
            1,
            builder -> builder.settings(
                    GatewaySettings.builder().maxBodyBytes(10_000).build()));

    @AfterEach
    void close() {
        rig.close();
    }

    private RawHttp.Response send(byte[] request) throws Exception {
        RawHttp.Response response = RawHttp.exchange(rig.service.port(), request);
        assertThat(response.end()).isNotEqualTo(RawHttp.End.HANGING);
        assertThat(response.text()).doesNotContain("\tat ", "java.", "Exception");
        return response;
    }

    private RawHttp.Response send(String request) throws Exception {
        return send(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A message whose framing is given, not computed. */
    private static String framed(String framing, String body) {
        return "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: " + Rig.TOKEN
                + "\r\ncontent-type: application/json\r\n" + framing + "\r\n" + body;
    }

    private void assertDialect(RawHttp.Response response, int status, String type) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.end()).isEqualTo(RawHttp.End.WHOLE);
        assertThat(response.headers()).containsEntry("content-type", "application/json");
        assertThat(response.text()).startsWith("{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\"");
    }

    private void assertRecorded(Outcome outcome, int status) throws Exception {
        RequestRecord record = rig.record();
        assertThat(record.outcome()).isEqualTo(outcome);
        assertThat(record.status()).isEqualTo(status);
        assertThat(rig.records).isEmpty();
    }

    private void assertContainersOwn(RawHttp.Response response, int status) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(rig.upstream.count()).isZero();
        assertThat(rig.records).isEmpty();
    }

    @Test
    void malformed_json_is_the_providers_to_judge_and_passes_as_it_is() throws Exception {
        String body = "{\"model\": \"claude-opus-4-8\", \"messages\": [ oops";
        RawHttp.Response response = send(RawHttp.request("POST", "/v1/messages", body));
        assertDialect(response, 400, "invalid_request_error");
        assertThat(rig.fake("a").requests().get(0).bodyText()).isEqualTo(body);
        assertRecorded(Outcome.CALLER_ERROR, 400);
    }

    @Test
    void a_body_that_is_not_utf_8_passes_byte_for_byte() throws Exception {
        String body =
                "{\"model\":\"claude-opus-4-8\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"\u00ff\u00fe\u00c3\u0028\"}]}";
        send(framed("content-length: " + body.length() + "\r\n", body));
        assertThat(rig.fake("a").requests().get(0).body()).isEqualTo(body.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(rig.record().requestBytes()).isEqualTo(body.length());
    }

    @Test
    void without_a_length_the_body_is_empty_and_the_provider_says_so() throws Exception {
        RawHttp.Response response = send(framed("connection: close\r\n", ""));
        assertDialect(response, 400, "invalid_request_error");
        assertRecorded(Outcome.CALLER_ERROR, 400);
    }

    @Test
    void a_body_in_chunks_needs_no_length() throws Exception {
        String body = RawHttp.body(false);
        RawHttp.Response response = send(framed(
                "transfer-encoding: chunked\r\n",
                "5\r\n" + body.substring(0, 5) + "\r\n" + Integer.toHexString(body.length() - 5) + "\r\n"
                        + body.substring(5) + "\r\n0\r\n\r\n"));
        assertThat(response.status()).isEqualTo(200);
        assertThat(rig.fake("a").requests().get(0).bodyText()).isEqualTo(body);
        assertRecorded(Outcome.OK, 200);
    }

    @Test
    void a_broken_chunk_is_answered_or_cut_and_recorded() throws Exception {
        RawHttp.Response response = send(framed("transfer-encoding: chunked\r\n", "5\r\n{\"mod\r\nzz\r\n"));
        assertThat(response.status()).isIn(0, 400);
        assertThat(rig.upstream.count()).isZero();
        assertThat(rig.record().outcome()).isIn(Outcome.BAD_REQUEST, Outcome.CANCELLED);
    }

    @Test
    void a_length_that_is_no_number_is_answered_by_the_container() throws Exception {
        assertContainersOwn(send(framed("content-length: many\r\n", "{}")), 400);
    }

    @Test
    void two_lengths_are_answered_by_the_container() throws Exception {
        assertContainersOwn(send(framed("content-length: 2\r\ncontent-length: 3\r\n", "{}")), 400);
    }

    @Test
    void a_body_above_the_limit_is_refused_with_or_without_an_announced_length() throws Exception {
        String body = "{\"model\":\"claude-opus-4-8\",\"x\":\"" + "x".repeat(20_000) + "\"}";
        assertDialect(send(RawHttp.request("POST", "/v1/messages", body)), 413, "request_too_large");
        assertRecorded(Outcome.TOO_LARGE, 413);
        assertDialect(
                send(framed(
                        "transfer-encoding: chunked\r\n",
                        Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n")),
                413,
                "request_too_large");
        assertRecorded(Outcome.TOO_LARGE, 413);
        assertThat(rig.upstream.count()).isZero();
    }

    @Test
    void an_unknown_path_under_the_mount_is_refused_in_the_dialect() throws Exception {
        assertDialect(send(RawHttp.request("POST", "/v1/organizations/users", "{}")), 404, "not_found_error");
        assertRecorded(Outcome.NOT_ALLOWED, 404);
        assertThat(rig.upstream.count()).isZero();
    }

    @Test
    void a_line_break_in_a_header_never_makes_a_header_of_its_own() throws Exception {
        // A lone CR, a lone LF, and a folded line, which the container refuses or makes one line of.
        for (String smuggled : new String[] {"one\rx-evil: 1", "one\nx-evil: 1", "one\r\n x-evil: 1"}) {
            String body = RawHttp.body(false);
            RawHttp.Response response =
                    send(framed("x-note: " + smuggled + "\r\ncontent-length: " + body.length() + "\r\n", body));
            assertThat(response.status()).as(smuggled).isIn(200, 400);
        }
        rig.fake("a")
                .requests()
                .forEach(call ->
                        assertThat(String.valueOf(call.header("x-note"))).doesNotContain("\r", "\n"));
        assertThat(rig.records).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void an_enormous_header_is_answered_by_the_container() throws Exception {
        assertContainersOwn(send(framed("x-big: " + "x".repeat(100_000) + "\r\ncontent-length: 2\r\n", "{}")), 431);
    }

    @Test
    void what_is_not_http_is_answered_by_the_container() throws Exception {
        assertContainersOwn(send("\u0016\u0003\u0001 hello\r\n\r\n"), 400);
    }

    @Test
    void half_a_head_is_closed_by_the_container_when_its_sender_goes() throws Exception {
        try (RawHttp http = new RawHttp(rig.service.port())) {
            http.send("POST /v1/messages HTTP/1.1\r\nHost: loc".getBytes(StandardCharsets.US_ASCII));
            http.endSending();
            assertThat(http.read().end()).isNotEqualTo(RawHttp.End.HANGING);
        }
        assertThat(rig.records).isEmpty();
    }

    @Test
    void half_a_body_is_recorded_when_its_sender_goes() throws Exception {
        try (RawHttp http = new RawHttp(rig.service.port())) {
            http.send(framed("content-length: 500\r\n", "{\"model\":").getBytes(StandardCharsets.US_ASCII));
            http.endSending();
            RawHttp.Response response = http.read();
            assertThat(response.end()).isNotEqualTo(RawHttp.End.HANGING);
            assertThat(response.status()).isIn(0, 400);
        }
        assertThat(rig.record().outcome()).isIn(Outcome.BAD_REQUEST, Outcome.CANCELLED);
        assertThat(rig.upstream.count()).isZero();
        assertThat(rig.gateway.status().gatheredBytes()).isZero();
        assertThat(rig.gateway.status().inFlight()).isZero();
    }

    @Test
    void paths_that_climb_are_refused() throws Exception {
        for (String target : new String[] {"/v1/../notes", "/v1/%2e%2e/notes", "/v1/messages/..;/x", "/v1//messages"}) {
            RawHttp.Response response = send(RawHttp.request("GET", target, ""));
            assertThat(response.status()).as(target).isIn(400, 404);
        }
        assertThat(rig.upstream.count()).isZero();
    }
}
