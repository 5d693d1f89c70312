package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.testkit.Waits;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** How the body of a request comes in. */
interface BodyRules extends AdapterHost {

    private static GatewayHandler echo() {
        return request -> Sink.readAll(request)
                .thenApply(
                        bytes -> Answers.text(request.contentLength() + ":" + new String(bytes, StandardCharsets.UTF_8))
                                .join());
    }

    /** Hands over the reader of each request's body, and answers when the test does. */
    private static GatewayHandler reading(BlockingQueue<Sink> sinks, CompletableFuture<GatewayResponse> answer) {
        return request -> {
            sinks.add(Sink.of(request));
            return answer;
        };
    }

    @Test
    default void bodiesComeWhateverTheirFraming() throws Exception {
        try (Host host = start(echo());
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            assertThat(client.exactly(2)).as("none").isEqualTo("0:");
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 0", "")
                    .head();
            assertThat(client.exactly(2)).as("empty").isEqualTo("0:");
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 5", "")
                    .write("hello");
            client.head();
            assertThat(client.exactly(7)).as("of known length").isEqualTo("5:hello");
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Transfer-Encoding: chunked", "")
                    .write("3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n");
            client.head();
            assertThat(client.exactly(8)).as("chunked").isEqualTo("-1:hello");
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Transfer-Encoding: chunked", "")
                    .write("0\r\n\r\n");
            client.head();
            assertThat(client.exactly(3)).as("chunked and empty").isEqualTo("-1:");
        }
    }

    @Test
    default void aBodyOf32MegabytesArrivesWhole() throws Exception {
        byte[] body = new byte[32 << 20];
        new Random(7).nextBytes(body);
        CRC32 sent = new CRC32();
        sent.update(body);
        GatewayHandler checksum = request -> Sink.readAll(request).thenApply(bytes -> {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            return Answers.text(bytes.length + ":" + crc.getValue()).join();
        });
        try (Host host = start(checksum);
                RawClient client = RawClient.to(host)) {
            client.send("POST /v1/messages HTTP/1.1", "Host: test", "Content-Length: " + body.length, "")
                    .write(body);
            assertThat(client.bodyOfAnswer()).isEqualTo(body.length + ":" + sent.getValue());
        }
    }

    @Test
    default void eachArrivalOfASlowUploadIsHandedOverAtOnce() throws Exception {
        BlockingQueue<Sink> sinks = new LinkedBlockingQueue<>();
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        try (Host host = start(reading(sinks, answer));
                RawClient client = RawClient.to(host)) {
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 6", "");
            Sink sink = Waits.take(sinks, "the request");
            for (String part : new String[] {"ab", "cd", "ef"}) {
                client.write(part);
                sink.ask(1);
                assertThat(Waits.take(sink.batches, part)).asString().isEqualTo(part);
            }
            assertThat(Waits.get(sink.all, "the end of the body")).asString().isEqualTo("abcdef");
            answer.complete(Answers.text("done").join());
            assertThat(client.head()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    default void aBodyIsReadNoFurtherThanItWasAskedFor() throws Exception {
        BlockingQueue<Sink> sinks = new LinkedBlockingQueue<>();
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        long size = 64L << 20;
        try (Host host = start(reading(sinks, answer));
                RawClient client = RawClient.to(host)) {
            AtomicLong written = new AtomicLong();
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: " + size, "");
            Sink sink = Waits.take(sinks, "the request");
            sink.ask(1);
            CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> upload(client, size, written));
            Waits.take(sink.batches, "the first arrival");
            // Without a bound the rest would follow in this time; with one, only the system's buffers fill.
            assertThat(sink.batches.poll(300, TimeUnit.MILLISECONDS)).isNull();
            assertThat(written.get()).isLessThan(size / 2);
            sink.ask(Long.MAX_VALUE);
            Waits.get(upload, "the end of the upload");
            assertThat(Waits.get(sink.all, "the end of the body")).hasSize((int) size);
            answer.complete(Answers.text("done").join());
            assertThat(client.head()).startsWith("HTTP/1.1 200");
        }
    }

    private static void upload(RawClient client, long size, AtomicLong written) {
        byte[] block = new byte[64 * 1024];
        try {
            while (written.get() < size) {
                client.write(block);
                written.addAndGet(block.length);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    default void aBodyThatBreaksOffEndsInAnError() throws Exception {
        String[] heads = {"Content-Length: 10", "Transfer-Encoding: chunked"};
        String[] parts = {"half", "4\r\nhalf\r\n"};
        for (int i = 0; i < heads.length; i++) {
            BlockingQueue<Sink> sinks = new LinkedBlockingQueue<>();
            CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
            try (Host host = start(reading(sinks, answer))) {
                try (RawClient client = RawClient.to(host)) {
                    client.send("POST /v1/a HTTP/1.1", "Host: test", heads[i], "")
                            .write(parts[i]);
                    Sink sink = Waits.take(sinks, "the request");
                    sink.ask(Long.MAX_VALUE);
                    Waits.take(sink.batches, "the first half");
                    client.close();
                    assertThatThrownBy(() -> Waits.get(sink.all, "the error")).hasCauseInstanceOf(Exception.class);
                }
                answer.complete(Answers.text(400, "too short").join());
            }
        }
    }

    @Test
    default void aBodyThatNobodyReadsIsNoHindrance() throws Exception {
        try (Host host = start(request -> Answers.text(413, "no"));
                RawClient client = RawClient.to(host)) {
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 5", "")
                    .write("hello");
            assertThat(client.head()).startsWith("HTTP/1.1 413");
            assertThat(client.exactly(2)).isEqualTo("no");
        }
    }

    @Test
    default void anAnswerMayComeBeforeTheBodyHasBeenRead() throws Exception {
        BlockingQueue<Sink> sinks = new LinkedBlockingQueue<>();
        GatewayHandler hasty = request -> {
            sinks.add(Sink.of(request));
            return Answers.text(413, "no");
        };
        try (Host host = start(hasty);
                RawClient client = RawClient.to(host)) {
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 10", "")
                    .write("half");
            assertThat(client.head()).startsWith("HTTP/1.1 413");
            assertThat(client.exactly(2)).isEqualTo("no");
            Sink sink = Waits.take(sinks, "the request");
            sink.ask(1);
            assertThatThrownBy(() -> Waits.get(sink.all, "the error")).hasCauseInstanceOf(Exception.class);
        }
    }

    @Test
    default void aBodyIsReadOnce() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            seen.add(request);
            return Sink.readAll(request).thenApply(bytes -> Answers.text("ok").join());
        };
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 5", "")
                    .write("hello");
            client.head();
            GatewayRequest request = Waits.take(seen, "the request");
            assertThatThrownBy(() -> Waits.get(Sink.of(request).all, "the refusal"))
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    default void aBodyThatComesByteByByteIsHandedOverByteByByte() throws Exception {
        String text = "0123456789";
        String[] heads = {"Content-Length: " + text.length(), "Transfer-Encoding: chunked"};
        for (String head : heads) {
            boolean chunked = head.startsWith("T");
            BlockingQueue<Sink> sinks = new LinkedBlockingQueue<>();
            CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
            try (Host host = start(reading(sinks, answer));
                    RawClient client = RawClient.to(host)) {
                client.send("POST /v1/a HTTP/1.1", "Host: test", head, "");
                Sink sink = Waits.take(sinks, "the request");
                sink.ask(Long.MAX_VALUE);
                for (String c : text.split("")) {
                    for (String piece : chunked ? new String[] {"1", "\r", "\n" + c, "\r\n"} : new String[] {c}) {
                        client.write(piece);
                    }
                    assertThat(Waits.take(sink.batches, "a byte")).asString().isEqualTo(c);
                }
                client.write(chunked ? "0\r\n\r\n" : "");
                assertThat(Waits.get(sink.all, "the end of the body"))
                        .asString()
                        .isEqualTo(text);
                answer.complete(Answers.text("done").join());
                assertThat(client.bodyOfAnswer()).isEqualTo("done");
            }
        }
    }

    @Test
    default void aCallerThatAsksWhetherToGoOnIsToldWhenItsBodyIsWanted() throws Exception {
        try (Host host = start(echo());
                RawClient client = RawClient.to(host)) {
            for (int i = 0; i < 3; i++) {
                client.send("POST /v1/a HTTP/1.1", "Host: test", "Expect: 100-continue", "Content-Length: 5", "");
                assertThat(client.head()).startsWith("HTTP/1.1 100");
                client.write("hello");
                assertThat(client.head()).startsWith("HTTP/1.1 200");
                assertThat(client.lastBody()).isEqualTo("5:hello");
            }
        }
    }

    /** A host may say "go on" by itself; what counts is that the refusal does not wait for a body that never comes. */
    @Test
    default void aCallerThatAsksWhetherToGoOnMayBeRefused() throws Exception {
        try (Host host = start(request -> Answers.text(413, "no"));
                RawClient client = RawClient.to(host)) {
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Expect: 100-continue", "Content-Length: 5", "");
            String head = client.head();
            assertThat(head.startsWith("HTTP/1.1 100") ? client.head() : head).startsWith("HTTP/1.1 413");
            assertThat(client.lastBody()).isEqualTo("no");
        }
    }

    @Test
    default void aLargeChunkedBodyArrivesWholeWhateverItsChunks() throws Exception {
        byte[] body = new byte[4 << 20];
        new Random(5).nextBytes(body);
        GatewayHandler handler = request -> Sink.readAll(request)
                .thenApply(bytes -> Answers.text(java.util.Arrays.equals(bytes, body) ? "same" : "different")
                        .join());
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.send("PUT /v1/a HTTP/1.1", "Host: test", "Transfer-Encoding: chunked", "");
            Random sizes = new Random(6);
            for (int at = 0; at < body.length; ) {
                int size = Math.min(body.length - at, 1 + sizes.nextInt(sizes.nextBoolean() ? 10 : 20_000));
                client.write(Integer.toHexString(size) + "\r\n").write(body, at, size);
                client.write("\r\n");
                at += size;
            }
            client.write("0\r\n\r\n");
            assertThat(client.bodyOfAnswer()).isEqualTo("same");
        }
    }
}
