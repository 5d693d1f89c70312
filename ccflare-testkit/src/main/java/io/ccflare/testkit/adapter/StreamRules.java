package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.testkit.Waits;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** How a response that is still coming goes out. */
interface StreamRules extends AdapterHost {

    @Test
    default void theHeadGoesOutBeforeTheFirstBatch() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.to(host)) {
            assertThat(client.get("/v1/a").head()).contains("text/event-stream");
            body.send("data: 1\n\n").complete();
            assertThat(client.chunks()).isEqualTo("data: 1\n\n");
        }
    }

    @Test
    default void eachBatchIsWithTheCallerBeforeTheNextIsThere() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            for (int i = 0; i < 200; i++) {
                String event = "event: e" + i + "\n";
                body.send(event, "data: " + i, "\n\n");
                assertThat(client.chunk()).as("one batch is one chunk").isEqualTo(event + "data: " + i + "\n\n");
            }
            body.complete();
            assertThat(client.chunk()).isEmpty();
            assertThat(body.asked.get()).as("one batch is asked for at a time").isBetween(200L, 201L);
        }
    }

    @Test
    default void emptyBatchesAndBuffersAreNoEnd() throws Exception {
        Source body = new Source();
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            body.send().send("").send("a", "", "b").complete();
            assertThat(client.chunks()).isEqualTo("ab");
        }
    }

    @Test
    default void aReaderThatIsSlowHoldsTheHandlerBack() throws Exception {
        Source body = new Source();
        byte[] block = new byte[64 * 1024];
        int blocks = 1024;
        try (Host host = start(request -> Answers.events(body));
                RawClient client = RawClient.slowTo(host)) {
            client.send("GET /v1/a HTTP/1.0", "").head();
            int sent = 0;
            // Ends early where the adapter holds back, and at the end where it does not.
            while (sent < blocks && body.offer(block, 300)) {
                sent++;
            }
            assertThat(sent).as("blocks taken while nobody read").isLessThan(blocks / 4);
            var read = java.util.concurrent.CompletableFuture.supplyAsync(() -> drained(client));
            for (; sent < blocks; sent++) {
                assertThat(body.offer(block, 10_000)).isTrue();
            }
            body.complete();
            assertThat(Waits.get(read, "the last byte")).isEqualTo((long) blocks * block.length);
        }
    }

    private static long drained(RawClient client) {
        try {
            return client.drain();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    default void aConnectionIsUsedAgainAfterAStream() throws Exception {
        BlockingQueue<Source> bodies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            Source body = new Source();
            bodies.add(body);
            return Answers.events(body);
        };
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            for (int i = 0; i < 20; i++) {
                client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 2", "")
                        .write("{}");
                Waits.take(bodies, "request " + i).send("part " + i).complete();
                assertThat(client.bodyOfAnswer()).isEqualTo("part " + i);
            }
        }
    }

    @Test
    default void requestsSentAheadAreAnsweredInTurn() throws Exception {
        BlockingQueue<Source> bodies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            Source body = new Source();
            bodies.add(body);
            return Answers.events(body);
        };
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a");
            Source first = Waits.take(bodies, "the first request").send("one");
            client.head();
            assertThat(client.chunk()).isEqualTo("one");
            client.get("/v1/b").get("/v1/c");
            first.send("more").complete();
            assertThat(client.chunks()).isEqualTo("more");
            for (int i = 0; i < 2; i++) {
                Waits.take(bodies, "the next request").send("two").complete();
                assertThat(client.bodyOfAnswer()).isEqualTo("two");
            }
        }
    }

    @Test
    default void requestsWithBodiesSentAheadAreAnsweredInTurn() throws Exception {
        BlockingQueue<Source> bodies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            Source body = new Source();
            return Sink.readAll(request).thenApply(bytes -> {
                bodies.add(body);
                return Answers.stream(body, "x-read", Integer.toString(bytes.length));
            });
        };
        try (Host host = start(handler)) {
            // Over and over, since it is a matter of chance which bytes a host reads together.
            for (int round = 0; round < 10; round++) {
                try (RawClient client = RawClient.to(host)) {
                    client.write(sentAhead(5));
                    for (int i = 1; i <= 5; i++) {
                        Source body = Waits.take(bodies, "request " + i).send("answer ");
                        assertThat(client.head()).contains("x-read: " + i * 3000 + "\r\n");
                        assertThat(client.chunk()).isEqualTo("answer ");
                        assertThat(bodies).as("requests before their turn").isEmpty();
                        body.send(Integer.toString(i)).complete();
                        assertThat(client.chunks()).isEqualTo(Integer.toString(i));
                    }
                    assertThat(client.get("/own").bodyOfAnswer()).isEqualTo("own");
                }
            }
        }
    }

    private static String sentAhead(int requests) {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= requests; i++) {
            all.append("POST /v1/a HTTP/1.1\r\nHost: test\r\nContent-Length: ")
                    .append(i * 3000)
                    .append("\r\n\r\n")
                    .append("x".repeat(i * 3000));
        }
        return all.toString();
    }
}
