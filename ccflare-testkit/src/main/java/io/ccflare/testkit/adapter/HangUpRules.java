package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.testkit.Waits;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A caller that hangs up ends the work that was done for it. */
interface HangUpRules extends AdapterHost {

    /** Refuses to be completed from outside; tells when it is cancelled. */
    final class Pending extends CompletableFuture<GatewayResponse> {

        final CompletableFuture<Void> cancelled = new CompletableFuture<>();

        @Override
        public boolean cancel(boolean mayInterrupt) {
            cancelled.complete(null);
            return super.cancel(mayInterrupt);
        }
    }

    @Test
    default void aCallerThatHangsUpBeforeTheAnswerCancelsTheFuture() throws Exception {
        assumeTrue(noticesSilentHangUp(), "this host cannot notice a hang-up while nothing is written");
        String[] requests = {
            "GET /v1/a HTTP/1.1\r\nHost: test\r\n\r\n",
            "POST /v1/a HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n{}",
            "POST /v1/a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        };
        for (String text : requests) {
            BlockingQueue<CompletableFuture<byte[]>> read = new LinkedBlockingQueue<>();
            Pending answer = new Pending();
            GatewayHandler handler = request -> {
                read.add(Sink.readAll(request));
                return answer;
            };
            try (Host host = start(handler)) {
                try (RawClient client = RawClient.to(host)) {
                    client.write(text);
                    Waits.get(Waits.take(read, "the request"), "the end of its body");
                    assertThat(answer.cancelled).isNotDone();
                }
                Waits.get(answer.cancelled, "the cancellation after: " + text);
            }
        }
    }

    @Test
    default void aCallerThatHangsUpInAQuietStreamCancelsItsBody() throws Exception {
        assumeTrue(noticesSilentHangUp(), "this host cannot notice a hang-up while nothing is written");
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body))) {
            try (RawClient client = RawClient.to(host)) {
                client.get("/v1/a").head();
                body.send("data: 1\n\n");
                client.chunk();
            }
            Waits.get(body.cancelled, "the cancellation");
        }
    }

    @Test
    default void aCallerThatHangsUpInABusyStreamCancelsItsBody() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body))) {
            try (RawClient client = RawClient.to(host)) {
                client.get("/v1/a").head();
                body.send("data: 1\n\n");
                client.chunk();
            }
            byte[] block = new byte[1024];
            Waits.until(() -> body.cancelled.isDone() || offered(body, block), "the cancellation");
        }
    }

    private static boolean offered(Source body, byte[] block) {
        try {
            body.offer(block, 50);
            return false;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    default void aCallerThatHangsUpWithoutReadingCancelsItsBody() throws Exception {
        Source body = new Source();
        byte[] block = new byte[64 * 1024];
        try (Host host = start(request -> Answers.events(body))) {
            try (RawClient client = RawClient.slowTo(host)) {
                client.get("/v1/a");
                while (body.offer(block, 300)) {
                    assertThat(body.asked.get()).isLessThan(4096);
                }
            }
            Waits.get(body.cancelled, "the cancellation");
        }
    }

    @Test
    default void anAnswerThatComesAfterTheHangUpIsClosed() throws Exception {
        assumeTrue(noticesSilentHangUp(), "this host cannot notice a hang-up while nothing is written");
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                cancelled.complete(null);
                return false;
            }
        };
        AtomicInteger released = new AtomicInteger();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        GatewayHandler handler = request -> {
            asked.complete(null);
            return answer;
        };
        try (Host host = start(handler)) {
            try (RawClient client = RawClient.to(host)) {
                client.get("/v1/a");
                Waits.get(asked, "the request");
            }
            Waits.get(cancelled, "the cancellation");
            answer.complete(GatewayResponse.of(200, Headers.empty(), new Source(), released::incrementAndGet));
            Waits.until(() -> released.get() == 1, "the close");
        }
    }

    @Test
    default void noHangUpIsSeenWhereThereIsNone() throws Exception {
        Pending answer = new Pending();
        try (Host host = start(request -> answer);
                RawClient client = RawClient.to(host)) {
            for (int i = 0; i < 3; i++) {
                client.get("/own").head();
                client.exactly(3);
            }
            client.get("/v1/a");
            answer.complete(Answers.text("ok").join());
            client.head();
            assertThat(client.exactly(2)).isEqualTo("ok");
            assertThat(client.get("/own").head()).startsWith("HTTP/1.1 200");
            assertThat(answer.cancelled).isNotDone();
        }
    }

    @Test
    default void aResetIsAHangUpBeforeTheAnswerAndWithinIt() throws Exception {
        assumeTrue(noticesSilentHangUp(), "this host cannot notice a hang-up while nothing is written");
        Pending answer = new Pending();
        Source body = new Source();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        GatewayHandler handler = request -> {
            asked.complete(null);
            return request.path().equals("/v1/stream") ? Answers.events(body) : answer;
        };
        try (Host host = start(handler);
                RawClient waiting = RawClient.to(host);
                RawClient reading = RawClient.to(host)) {
            waiting.get("/v1/waits");
            Waits.get(asked, "the request");
            waiting.reset();
            Waits.get(answer.cancelled, "the cancellation of an answer");
            reading.get("/v1/stream").head();
            body.send("data: 1\n\n");
            reading.chunk();
            reading.reset();
            Waits.get(body.cancelled, "the cancellation of a body");
        }
    }

    @Test
    default void aCallerGoneHalfwayThroughItsBodyIsToldToWhoReadsIt() throws Exception {
        for (boolean reset : new boolean[] {false, true}) {
            BlockingQueue<Sink> sinks = new LinkedBlockingQueue<>();
            CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
            Source late = new Source();
            GatewayHandler handler = request -> {
                sinks.add(Sink.of(request));
                return answer;
            };
            try (Host host = start(handler);
                    RawClient client = RawClient.to(host)) {
                client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 1000000", "")
                        .write("half");
                Sink sink = Waits.take(sinks, "the request");
                sink.ask(Long.MAX_VALUE);
                Waits.take(sink.batches, "the first half");
                if (reset) {
                    client.reset();
                } else {
                    client.close();
                }
                assertThatThrownBy(() -> Waits.get(sink.all, "the error")).hasCauseInstanceOf(Exception.class);
                if (!answer.complete(GatewayResponse.of(200, Headers.empty(), late, late::release))) {
                    // The host has noticed already, and cancelled it.
                    continue;
                }
                byte[] block = new byte[1024];
                Waits.until(() -> late.givenUp() || offered(late, block), "the end of an answer for nobody");
            }
        }
    }

    @Test
    default void aCallerGoneWithinItsHeadIsNobodysRequest() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        GatewayHandler handler = request -> {
            asked.incrementAndGet();
            return Answers.text("ok");
        };
        String head = "POST /v1/a HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n";
        try (Host host = start(handler)) {
            for (int length : new int[] {0, 1, 10, 25, head.length()}) {
                try (RawClient ended = RawClient.to(host);
                        RawClient reset = RawClient.to(host)) {
                    ended.write(head.substring(0, length)).endSending();
                    ended.rest();
                    reset.write(head.substring(0, length)).reset();
                }
            }
            try (RawClient client = RawClient.to(host)) {
                assertThat(client.get("/v1/a").bodyOfAnswer()).isEqualTo("ok");
            }
            assertThat(asked).hasValue(1);
        }
    }

    /** Whoever comes first, the end or the hang-up: the response is let go of once, which the host checks when it is closed. */
    @Test
    default void aHangUpAtTheLastByteDoesNoHarm() throws Exception {
        BlockingQueue<Source> bodies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            Source body = new Source();
            bodies.add(body);
            return CompletableFuture.completedFuture(GatewayResponse.of(200, Headers.empty(), body, body::release));
        };
        try (Host host = start(handler)) {
            for (int i = 0; i < 100; i++) {
                RawClient client = RawClient.to(host);
                client.get("/v1/a").head();
                Source body = Waits.take(bodies, "request " + i).send("last");
                client.chunk();
                CompletableFuture<Void> ended = CompletableFuture.runAsync(body::end);
                if (i % 2 == 0) {
                    client.reset();
                } else {
                    client.close();
                }
                Waits.get(ended, "the end of the body");
                assertThat(body.released.get()).isLessThanOrEqualTo(1);
            }
            try (RawClient client = RawClient.to(host)) {
                assertThat(client.get("/own").bodyOfAnswer()).isEqualTo("own");
            }
        }
    }

    @Test
    default void whoHangsUpWithRequestsSentAheadIsGoneAsWell() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            body.send("data: 1\n\n");
            client.chunk();
            client.get("/v1/b").get("/v1/c").close();
            byte[] block = new byte[1024];
            Waits.until(() -> body.givenUp() || offered(body, block), "the cancellation");
        }
    }
}
