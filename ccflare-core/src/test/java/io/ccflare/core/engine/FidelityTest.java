package io.ccflare.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.Headers;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.GatewaySettings;
import io.ccflare.fake.Answer;
import io.ccflare.fake.Fault;
import io.ccflare.fake.HeaderField;
import io.ccflare.fake.RecordedCall;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What goes up is what came, what comes down is what was sent, and no credential gets where it does not belong. */
class FidelityTest {

    private static final Rig RIG = new Rig(1);

    @AfterAll
    static void end() {
        RIG.close();
    }

    private static RecordedCall last() {
        List<RecordedCall> calls = RIG.fake("a").requests();
        return calls.get(calls.size() - 1);
    }

    /** Bytes in pieces of any size, one after the other as they are asked for. */
    private static Flow.Publisher<List<ByteBuffer>> pieces(byte[] bytes, Random random) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private int at;

            @Override
            public void request(long n) {
                for (long i = 0; i < n && at < bytes.length; i++) {
                    List<ByteBuffer> batch = new ArrayList<>();
                    for (int k = random.nextInt(3); k >= 0 && at < bytes.length; k--) {
                        int bound = random.nextBoolean() ? 10 : 20_000;
                        int length = Math.min(bytes.length - at, random.nextInt(bound));
                        batch.add(ByteBuffer.wrap(bytes, at, length).slice().asReadOnlyBuffer());
                        at += length;
                    }
                    boolean last = at == bytes.length;
                    subscriber.onNext(batch);
                    if (last) {
                        subscriber.onComplete();
                    }
                }
            }

            @Override
            public void cancel() {
                at = bytes.length;
            }
        });
    }

    @Test
    void random_bytes_in_random_pieces_are_the_same_at_both_ends() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 12; round++) {
            byte[] up = new byte[1 + random.nextInt(120_000)];
            byte[] down = new byte[random.nextInt(200_000)];
            random.nextBytes(up);
            random.nextBytes(down);
            List<byte[]> chunks = new ArrayList<>();
            for (int at = 0; at < down.length; ) {
                int length = Math.min(down.length - at, 1 + random.nextInt(30_000));
                chunks.add(java.util.Arrays.copyOfRange(down, at, at + length));
                at += length;
            }
            String type = round % 3 == 0 ? "application/json" : "application/octet-stream";
            RIG.upstream.respondWith(
                    Answer.status(200).header("Content-Type", type).chunks(chunks));
            String target = round % 2 == 0 ? "/v1/messages" : "/v1/files";
            GatewayRequest request = GatewayRequest.builder("POST", target)
                    .body(pieces(up, random), round % 4 < 2 ? up.length : -1)
                    .build();

            Reply reply = Reply.of(RIG.gateway.handle(request).get(20, TimeUnit.SECONDS));

            assertThat(reply.broken()).as("seed " + seed).isNull();
            assertThat(reply.bytes()).as("down, seed " + seed).isEqualTo(down);
            assertThat(last().body()).as("up, seed " + seed).isEqualTo(up);
        }
        RIG.upstream.respondWith(null);
    }

    @Test
    void the_record_counts_a_body_that_streams_through_as_one_that_is_gathered() throws Exception {
        try (Rig rig = new Rig(1)) {
            for (String target : List.of("/v1/messages", "/v1/files")) {
                rig.send("POST", target, Rig.SHORT);
                assertThat(rig.record().requestBytes()).as(target).isEqualTo(Rig.SHORT.length());
            }
        }
    }

    @Test
    void targets_and_methods_go_up_as_they_came_with_the_prefix_stripped_once() throws Exception {
        String[][] targets = {
            {"/v1/messages?beta=true&x=%2F+%20&x=2", "/v1/messages?beta=true&x=%2F+%20&x=2"},
            {"/v1/anthropic/v1/messages?a=b", "/v1/messages?a=b"},
            {"/v1/files/a%2Fb;c=d", "/v1/files/a%2Fb;c=d"},
            {"/v1/models/claude-opus-4-8", "/v1/models/claude-opus-4-8"},
        };
        for (String[] pair : targets) {
            RIG.send("POST", pair[0], Rig.SHORT);
            assertThat(last().target()).isEqualTo(pair[1]);
        }
        for (String method : List.of("PATCH", "PROPFIND", "DELETE", "get", "OPTIONS")) {
            RIG.send(method, "/v1/files/f", "");
            assertThat(last().method()).isEqualTo(method);
        }
        Reply head = RIG.send("HEAD", "/v1/models", "");
        assertThat(last().method()).isEqualTo("HEAD");
        assertThat(head.bytes()).isEmpty();
        assertThat(head.broken()).isNull();
        assertThat(RIG.send("POST", "/v1/anthropic/v1/anthropic/v1/messages", Rig.SHORT)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_mount_is_no_part_of_what_goes_up() throws Exception {
        GatewayRequest request = GatewayRequest.builder("POST", "/llm/v1/messages?q")
                .mount("/llm/v1")
                .body(FixedBody.of(Rig.SHORT.getBytes()))
                .build();
        Reply.of(RIG.gateway.handle(request).get(20, TimeUnit.SECONDS));
        assertThat(last().target()).isEqualTo("/v1/messages?q");
    }

    @Test
    void of_the_callers_headers_all_go_up_but_credentials_and_what_concerns_the_connection() throws Exception {
        RIG.post(
                Rig.SHORT,
                "Authorization",
                "Bearer of-the-caller",
                "X-Api-Key",
                "of-the-caller",
                "Api-Key",
                "of-the-caller",
                "Cookie",
                "of=the-caller",
                "Proxy-Authorization",
                "of-the-caller",
                "X-Forwarded-For",
                "10.1.2.3",
                "X-Forwarded-Host",
                "intern",
                "Forwarded",
                "for=10.1.2.3",
                "X-Real-IP",
                "10.1.2.3",
                "Connection",
                "keep-alive, X-Hop",
                "X-Hop",
                "hop",
                "TE",
                "trailers",
                "Accept-Encoding",
                "gzip, br",
                "ccflare-account",
                "forged",
                "Anthropic-Version",
                "2023-06-01",
                "anthropic-beta",
                "one",
                "anthropic-beta",
                "two",
                "X-Odd_~!#$%&'*+.^`|",
                " \"odd\" value;, ",
                "X-Empty",
                "");
        RecordedCall call = last();
        String all = call.headers().toString();
        assertThat(all).doesNotContain("of-the-caller", "10.1.2.3", "intern", "trailers", "forged", "=hop");
        assertThat(call.headerValues("x-api-key")).containsExactly("key-a");
        assertThat(call.headerValues("accept-encoding")).containsExactly("identity");
        assertThat(call.headerValues("anthropic-beta")).containsExactly("one", "two");
        assertThat(call.header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(call.header("X-Odd_~!#$%&'*+.^`|")).isEqualTo("\"odd\" value;,");
        assertThat(call.header("x-empty")).isEmpty();
        assertThat(call.headers())
                .extracting(field -> field.name().toLowerCase(Locale.ROOT))
                .doesNotContain("x-hop", "authorization", "cookie", "te", "forwarded");
    }

    @Test
    void the_callers_encodings_go_up_only_where_that_is_set() throws Exception {
        RIG.gateway.configure(GatewaySettings.builder()
                .passAcceptEncoding(true)
                .exposeHeaders(false)
                .build());
        Reply reply = RIG.post(Rig.SHORT, "Accept-Encoding", "gzip, br");
        assertThat(last().headerValues("accept-encoding")).containsExactly("gzip, br");
        assertThat(reply.headers().toString()).doesNotContain("ccflare-");
        RIG.gateway.configure(GatewaySettings.defaults());
    }

    @Test
    void of_the_upstreams_headers_all_come_down_but_cookies_and_what_concerns_the_connection() throws Exception {
        RIG.upstream.respondWith(Answer.status(200)
                .header("Content-Type", "application/x-odd")
                .header("Set-Cookie", "session=of-the-account")
                .header("Connection", "X-Hop")
                .header("X-Hop", "hop")
                .header("Alt-Svc", "h3")
                .header("ccflare-account", "forged")
                .header("Request-Id", "req_1")
                .header("X-Twice", "1")
                .header("X-Twice", "2")
                .body("{}"));
        Headers headers = RIG.post(Rig.SHORT).headers();
        RIG.upstream.respondWith(null);
        assertThat(headers.all("x-twice")).containsExactly("1", "2");
        assertThat(headers.first("request-id")).isEqualTo("req_1");
        assertThat(headers.first("content-type")).isEqualTo("application/x-odd");
        assertThat(headers.first("content-length")).isEqualTo("2");
        assertThat(headers.all("ccflare-account")).containsExactly("a");
        for (String gone : List.of("set-cookie", "connection", "x-hop", "alt-svc", "transfer-encoding")) {
            assertThat(headers.first(gone)).as(gone).isNull();
        }
    }

    @Test
    void no_credential_shows_in_records_logs_answers_or_any_text() throws Exception {
        Queue<String> logged = new ConcurrentLinkedQueue<>();
        Handler capture = new Handler() {
            @Override
            public void publish(LogRecord record) {
                StringWriter text = new StringWriter();
                text.append(record.getMessage()).append(java.util.Arrays.toString(record.getParameters()));
                if (record.getThrown() != null) {
                    record.getThrown().printStackTrace(new PrintWriter(text));
                }
                logged.add(text.toString());
            }

            @Override
            public void flush() {
                // nothing is kept back
            }

            @Override
            public void close() {
                // nothing to close
            }
        };
        Logger root = Logger.getLogger("io.ccflare");
        capture.setLevel(Level.ALL);
        root.addHandler(capture);
        root.setLevel(Level.ALL);
        try (Rig rig = new Rig(1)) {
            List<String> texts = new ArrayList<>();
            for (Fault fault : List.of(
                    Fault.NONE,
                    Fault.UNAUTHORIZED,
                    Fault.GARBAGE_HTTP,
                    Fault.RESET_BEFORE_HEADERS,
                    Fault.SERVER_ERROR)) {
                rig.gateway.lift("id-a");
                rig.fake("a").fault(fault);
                Reply reply = rig.post(
                        Rig.SHORT,
                        "authorization",
                        "Bearer caller-secret",
                        "x-api-key",
                        "caller-secret",
                        "cookie",
                        "c=caller-secret");
                texts.add(reply.text());
                reply.headers().forEach((name, value) -> texts.add(value));
                RequestRecord record = rig.record();
                texts.add(record + " " + record.attempts() + record.errorDetail() + record.path());
            }
            rig.post(Rig.SHORT, "x-bad", "key-a\u0001");
            texts.add(rig.gateway.status().toString());
            texts.add(rig.gateway.settings().toString());
            texts.add(rig.gateway.toString());
            for (Account account : rig.accounts) {
                texts.add(account + " " + account.credential());
            }
            texts.addAll(logged);
            assertThat(logged).isNotEmpty();
            assertThat(texts).noneMatch(text -> text.contains("key-a") || text.contains("caller-secret"));
        } finally {
            root.removeHandler(capture);
            root.setLevel(null);
        }
    }

    @Test
    void a_credential_goes_to_the_endpoint_of_its_account_alone() throws Exception {
        try (Rig other = new Rig(1)) {
            other.send("POST", "/v1/messages", Rig.SHORT, "host", "evil.example", "x-forwarded-host", "evil.example");
            RecordedCall call = other.fake("a").requests().get(0);
            assertThat(call.headers())
                    .filteredOn(field -> field.name().equalsIgnoreCase("host"))
                    .extracting(HeaderField::value)
                    .containsExactly("127.0.0.1:" + other.upstream.port());
        }
    }
}
