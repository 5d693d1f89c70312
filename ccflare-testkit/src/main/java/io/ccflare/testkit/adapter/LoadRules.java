package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.testkit.Waits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Many exchanges at once cost neither a thread nor a body's worth of memory each. */
interface LoadRules extends AdapterHost {

    int MEGABYTE = 1 << 20;

    @Test
    default void fiveHundredStreamsAtOnceGetTheirOwnEventsInOrderAndHoldNoThread() throws Exception {
        int streams = 500;
        BlockingQueue<Source> bodies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            Source body = new Source();
            bodies.add(body);
            return Answers.events(body);
        };
        List<RawClient> clients = new ArrayList<>();
        try (Host host = start(handler)) {
            int before = Thread.getAllStackTraces().size();
            List<Source> open = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                RawClient client = RawClient.to(host);
                clients.add(client);
                client.get("/v1/a").head();
                open.add(Waits.take(bodies, "request " + i));
            }
            for (int event = 0; event < 4; event++) {
                for (int i = 0; i < streams; i++) {
                    open.get(i).send("event " + event, " of ", "stream " + i);
                }
                for (int i = 0; i < streams; i++) {
                    assertThat(clients.get(i).chunk()).isEqualTo("event " + event + " of stream " + i);
                }
            }
            assertThat(Thread.getAllStackTraces().size() - before)
                    .as("threads more than before")
                    .isLessThan(streams / 5);
            for (Source body : open) {
                body.complete();
            }
            for (RawClient client : clients) {
                assertThat(client.chunk()).as("a clean end").isEmpty();
                client.close();
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    /** Until it has been the same for a hundred round trips, which are answered whatever else goes on. */
    private static void settled(Host host, LongSupplier value) throws IOException {
        try (RawClient client = RawClient.to(host)) {
            long last = -1;
            while (last != value.getAsLong()) {
                last = value.getAsLong();
                for (int i = 0; i < 100; i++) {
                    assertThat(client.get("/own").bodyOfAnswer()).isEqualTo("own");
                }
            }
        }
    }

    private static long liveHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    default void manySlowReadersKeepMemoryFlat() throws Exception {
        int readers = 32;
        long size = 64L * MEGABYTE;
        Queue<Flood> floods = new ConcurrentLinkedQueue<>();
        GatewayHandler handler = request -> {
            Flood flood = new Flood(size);
            floods.add(flood);
            return CompletableFuture.completedFuture(Answers.stream(flood));
        };
        List<RawClient> clients = new ArrayList<>();
        try (Host host = start(handler)) {
            try {
                long before = liveHeap();
                for (int i = 0; i < readers; i++) {
                    RawClient client = RawClient.slowTo(host);
                    clients.add(client);
                    client.send("GET /v1/a HTTP/1.0", "").head();
                }
                settled(host, () -> floods.stream().mapToLong(Flood::given).sum());
                assertThat(floods)
                        .hasSize(readers)
                        .allSatisfy(flood -> assertThat(flood.given())
                                .as("bytes taken while nobody read")
                                .isLessThan(16 * MEGABYTE));
                assertThat(liveHeap() - before).as("heap of all readers").isLessThan(32 * MEGABYTE);
                assertThat(clients.get(0).drain())
                        .as("bytes of one that reads on")
                        .isEqualTo(size);
            } finally {
                for (RawClient client : clients) {
                    client.close();
                }
            }
        }
    }

    @Test
    default void severalLargeUploadsAtOnceAreHeldBackAndArriveWhole() throws Exception {
        int uploads = 8;
        byte[] body = new byte[32 * MEGABYTE];
        new Random(11).nextBytes(body);
        CRC32 sent = new CRC32();
        sent.update(body);
        BlockingQueue<Tally> tallies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            Tally tally = new Tally();
            request.body().subscribe(tally);
            tallies.add(tally);
            return tally.result.thenApply(text -> Answers.text(text).join());
        };
        ExecutorService senders = Executors.newFixedThreadPool(uploads);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        AtomicLong written = new AtomicLong();
        try (Host host = start(handler)) {
            long before = liveHeap();
            List<Tally> begun = new ArrayList<>();
            for (int i = 0; i < uploads; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> uploaded(host, body, written), senders));
                begun.add(Waits.take(tallies, "upload " + i));
                begun.get(i).askOnce();
            }
            settled(host, written::get);
            assertThat(written.get()).as("bytes sent while nobody read").isLessThan((long) uploads * body.length / 2);
            assertThat(liveHeap() - before).as("heap of all uploads").isLessThan(48 * MEGABYTE);
            begun.forEach(Tally::askOn);
            for (CompletableFuture<String> answer : answers) {
                assertThat(Waits.get(answer, "an upload's end")).isEqualTo(body.length + ":" + sent.getValue());
            }
        } finally {
            senders.shutdown();
        }
    }

    private static String uploaded(Host host, byte[] body, AtomicLong written) {
        try (RawClient client = RawClient.to(host)) {
            client.send("POST /v1/messages HTTP/1.1", "Host: test", "Content-Length: " + body.length, "");
            for (int at = 0; at < body.length; at += 64 * 1024) {
                client.write(body, at, 64 * 1024);
                written.addAndGet(64 * 1024);
            }
            return client.bodyOfAnswer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    default void manyShortRequestsAtOnceAreEachAnsweredWithTheirOwn() throws Exception {
        GatewayHandler handler = request -> Sink.readAll(request)
                .thenApply(bytes ->
                        Answers.text(new String(bytes, StandardCharsets.UTF_8)).join());
        ExecutorService callers = Executors.newFixedThreadPool(16);
        try (Host host = start(handler)) {
            List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String name = "caller " + i;
                done.add(CompletableFuture.runAsync(() -> echoes(host, name), callers));
            }
            for (CompletableFuture<Void> each : done) {
                Waits.get(each, "all answers of a caller");
            }
        } finally {
            callers.shutdown();
        }
    }

    private static void echoes(Host host, String name) {
        try (RawClient client = RawClient.to(host)) {
            for (int i = 0; i < 100; i++) {
                String text = name + " says " + i;
                client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: " + text.length(), "")
                        .write(text);
                assertThat(client.bodyOfAnswer()).isEqualTo(text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
