package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.testkit.Waits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** Whatever the batches of a body look like, and whoever hands them over: its bytes arrive, and all of them. */
interface BatchRules extends AdapterHost {

    /** A host whose answers have this body, unmeasured. */
    private Host serving(Flow.Publisher<List<ByteBuffer>> body) throws Exception {
        GatewayHandler handler = request -> CompletableFuture.completedFuture(Answers.stream(body));
        return start(handler);
    }

    /** The body of an answer on a connection that it ends with, where nothing is chunked. */
    private static byte[] fetched(Host host) throws Exception {
        try (RawClient client = RawClient.to(host)) {
            client.send("GET /v1/a HTTP/1.0", "").head();
            return client.restBytes();
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    default void aBatchOfTenThousandSmallBuffersIsOneBatch() throws Exception {
        byte[] bytes = random(10_000);
        List<ByteBuffer> batch = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            batch.add(ByteBuffer.wrap(bytes, i, 1));
        }
        try (Host host = serving(new Batches(List.of(batch)))) {
            assertThat(fetched(host)).isEqualTo(bytes);
        }
    }

    @Test
    default void tenThousandSmallBatchesArriveInOrder() throws Exception {
        byte[] bytes = random(10_000);
        List<List<ByteBuffer>> batches = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            batches.add(List.of(ByteBuffer.wrap(bytes, i, 1)));
        }
        try (Host host = serving(new Batches(batches))) {
            assertThat(fetched(host)).as("handed over while they are asked for").isEqualTo(bytes);
        }
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Host host = serving(new Batches(batches, other))) {
            assertThat(fetched(host)).as("handed over by another thread").isEqualTo(bytes);
        } finally {
            other.shutdown();
        }
    }

    @Test
    default void anEndThatIsToldWhileTheLastBatchIsBeingWrittenWaitsForIt() throws Exception {
        byte[] bytes = random(3 << 20);
        List<List<ByteBuffer>> batches = List.of(
                List.of(ByteBuffer.wrap(bytes, 0, 1 << 20)),
                List.of(ByteBuffer.wrap(bytes, 1 << 20, 1 << 10), ByteBuffer.wrap(bytes, 1025 << 10, 2047 << 10)));
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Host host = serving(new Batches(batches, other))) {
            for (int i = 0; i < 5; i++) {
                assertThat(fetched(host)).isEqualTo(bytes);
            }
        } finally {
            other.shutdown();
        }
    }

    @Test
    default void oneBufferOfEightMegabytesArrivesWhateverItsKind() throws Exception {
        byte[] bytes = random(8 << 20);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        byte[] wider = new byte[bytes.length + 200];
        System.arraycopy(bytes, 0, wider, 100, bytes.length);
        ByteBuffer slice =
                ByteBuffer.wrap(wider).position(40).slice().position(60).limit(60 + bytes.length);
        List<ByteBuffer> kinds = List.of(
                ByteBuffer.wrap(bytes),
                ByteBuffer.wrap(bytes).asReadOnlyBuffer(),
                direct,
                direct.asReadOnlyBuffer(),
                slice);
        for (ByteBuffer kind : kinds) {
            try (Host host = serving(new Batches(List.of(List.of(kind.duplicate()))))) {
                assertThat(fetched(host)).as(kind.toString()).isEqualTo(bytes);
            }
        }
    }

    @Test
    default void buffersOfAllKindsInOneBatchGoOutInOrder() throws Exception {
        ByteBuffer direct =
                ByteBuffer.allocateDirect(3).put(new byte[] {'c', 'd', 'e'}).flip();
        List<ByteBuffer> batch = List.of(
                ByteBuffer.wrap("ab".getBytes(StandardCharsets.UTF_8)),
                ByteBuffer.allocate(0),
                direct.asReadOnlyBuffer(),
                ByteBuffer.wrap("xfghx".getBytes(StandardCharsets.UTF_8), 1, 3).asReadOnlyBuffer(),
                ByteBuffer.allocateDirect(0),
                ByteBuffer.wrap("xij".getBytes(StandardCharsets.UTF_8))
                        .position(1)
                        .slice());
        try (Host host = serving(new Batches(List.of(List.of(), batch, List.of())));
                RawClient client = RawClient.to(host)) {
            assertThat(client.get("/v1/a").bodyOfAnswer()).isEqualTo("abcdefghij");
        }
    }

    @Test
    default void aBodyOfKnownLengthIsNotChunked() throws Exception {
        Source body = new Source();
        GatewayHandler handler =
                request -> CompletableFuture.completedFuture(Answers.stream(body, "Content-Length", "10"));
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            String head = client.get("/v1/a").head();
            assertThat(head).containsIgnoringCase("content-length: 10").doesNotContainIgnoringCase("transfer-encoding");
            for (String part : new String[] {"01", "234", "56789"}) {
                body.send(part);
                assertThat(client.exactly(part.length())).isEqualTo(part);
            }
            body.complete();
            assertThat(client.get("/own").bodyOfAnswer())
                    .as("the connection lives on")
                    .isEqualTo("own");
        }
    }

    @Test
    default void aBodyThatEndsWhileItIsSubscribedIsAsGoodAsAny() throws Exception {
        GatewayHandler handler = request -> CompletableFuture.completedFuture(
                switch (request.path()) {
                    case "/v1/none" -> Answers.stream(new Batches(List.of()));
                    case "/v1/one" -> Answers.stream(new Batches(List.of(List.of(ByteBuffer.wrap(new byte[] {'x'})))));
                    default ->
                        GatewayResponse.of(200, Headers.of("Content-Length", "0"), new Batches(List.of()), () -> {});
                });
        try (Host host = start(handler);
                RawClient client = RawClient.to(host)) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.get("/v1/none").bodyOfAnswer()).isEmpty();
                assertThat(client.get("/v1/one").bodyOfAnswer()).isEqualTo("x");
                assertThat(client.get("/v1/zero").bodyOfAnswer()).isEmpty();
            }
        }
    }

    @Test
    default void aBodyThatIsSubscribedLaterOnAnotherThreadIsAsGoodAsAny() throws Exception {
        Flow.Publisher<List<ByteBuffer>> body = new Batches(
                List.of(List.of(ByteBuffer.wrap(new byte[] {'x'})), List.of(ByteBuffer.wrap(new byte[] {'y'}))));
        CompletableFuture<Runnable> subscribing = new CompletableFuture<>();
        try (Host host = serving(to -> subscribing.complete(() -> body.subscribe(to)));
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a");
            // Only when status and headers have come, which are sent once the adapter found that nothing comes at once.
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            Waits.get(subscribing, "a subscriber of the response body").run();
            assertThat(client.chunks()).isEqualTo("xy");
        }
    }
}
