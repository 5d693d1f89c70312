package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A body that broke off never looks complete. */
interface BrokenRules extends AdapterHost {

    /** What may follow the data of a chunk where the connection ends: some hosts send the chunk's line end at once. */
    String[] NO_MORE = {"", "\r\n", "<reset>", "\r\n<reset>"};

    @Test
    default void aChunkedBodyThatBreaksOffHasNoLastChunk() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            body.send("data: 1\n\n");
            assertThat(client.chunk()).isEqualTo("data: 1\n\n");
            body.fail(new IOException("upstream is gone"));
            assertThat(client.rest()).isIn((Object[]) NO_MORE);
        }
    }

    @Test
    default void whatWasSentBeforeTheBreakArrives() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a");
            body.send("data: 1\n\n").send("data: 2\n\n").fail(new IOException("upstream is gone"));
            client.head();
            assertThat(client.chunksOf(18)).isEqualTo("data: 1\n\ndata: 2\n\n");
            assertThat(client.rest()).isIn((Object[]) NO_MORE);
        }
    }

    @Test
    default void aBodyThatBreaksOffBeforeItsFirstByteIsCutAfterTheHead() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.to(host)) {
            assertThat(client.get("/v1/a").head()).startsWith("HTTP/1.1 200");
            body.fail(new IOException("upstream is gone"));
            assertThat(client.rest()).isIn("", "<reset>");
        }
    }

    @Test
    default void aBodyOfKnownLengthThatBreaksOffIsCut() throws Exception {
        Source body = new Source();
        GatewayHandler handler =
                request -> CompletableFuture.completedFuture(Answers.stream(body, "Content-Length", "10"));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            body.send("half");
            assertThat(client.exactly(4)).isEqualTo("half");
            body.fail(new IOException("upstream is gone"));
            assertThat(client.rest()).isIn("", "<reset>");
        }
    }

    @Test
    default void aBodyShorterThanItsLengthIsCut() throws Exception {
        Source body = new Source();
        GatewayHandler handler =
                request -> CompletableFuture.completedFuture(Answers.stream(body, "Content-Length", "10"));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            body.send("half").complete();
            assertThat(client.rest())
                    .as("ends with the connection, not with ten bytes")
                    .isIn("half", "", "half<reset>", "<reset>");
        }
    }

    @Test
    default void aBodyLongerThanItsLengthDoesNotSpillIntoTheNextAnswer() throws Exception {
        GatewayHandler handler = request -> CompletableFuture.completedFuture(GatewayResponse.of(
                200,
                Headers.of("Content-Length", "4"),
                FixedBody.of("much too long".getBytes(StandardCharsets.UTF_8))));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.send("GET /v1/a HTTP/1.1", "Host: test", "Connection: close", "");
            String answer = client.rest();
            int end = answer.indexOf("\r\n\r\n");
            assertThat(end < 0 || answer.startsWith("HTTP/1.1 500") || answer.length() - end - 4 <= 4)
                    .as(answer)
                    .isTrue();
        }
    }

    @Test
    default void aBatchThatNobodyAskedForIsNotLostInSilence() throws Exception {
        GatewayHandler handler = request -> CompletableFuture.completedFuture(Answers.stream(subscriber -> {
            new Source().subscribe(subscriber);
            for (int i = 0; i < 3; i++) {
                subscriber.onNext(java.util.List.of(java.nio.ByteBuffer.wrap(new byte[] {'x'})));
            }
            subscriber.onComplete();
        }));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.send("GET /v1/a HTTP/1.1", "Host: test", "Connection: close", "");
            String answer = client.rest();
            assertThat(answer.startsWith("HTTP/1.1 500") || !answer.endsWith("0\r\n\r\n"))
                    .as(answer)
                    .isTrue();
        }
    }

    @Test
    default void aBodyOfKnownLengthThatBreaksOffBeforeItsFirstByteIsCut() throws Exception {
        Source body = new Source();
        GatewayHandler handler =
                request -> CompletableFuture.completedFuture(Answers.stream(body, "Content-Length", "10"));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            assertThat(client.get("/v1/a").head()).startsWith("HTTP/1.1 200");
            body.fail(new IOException("upstream is gone"));
            assertThat(client.rest()).isIn("", "<reset>");
        }
    }

    @Test
    default void aBodyThatBreaksOffWhileItsReaderIsSlowIsCut() throws Exception {
        Source body = new Source();
        byte[] block = new byte[64 * 1024];
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.slowTo(host)) {
            client.get("/v1/a").head();
            while (body.offer(block, 100)) {
                assertThat(body.asked.get()).isLessThan(4096);
            }
            body.fail(new IOException("upstream is gone"));
            assertThat(client.rest()).doesNotEndWith("\r\n0\r\n\r\n");
        }
    }
}
