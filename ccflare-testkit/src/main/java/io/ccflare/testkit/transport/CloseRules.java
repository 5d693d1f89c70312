package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A transport that is closed ends what is under way, says so, and leaves nothing behind. */
interface CloseRules extends TransportHost {

    @Test
    default void closingEndsEveryCallAndItsConnection() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            List<Link> links = new ArrayList<>();
            CompletableFuture<UpstreamResponse> waiting = transport.send(Requests.post(far.origin()));
            links.add(far.accept());
            links.get(0).request();
            Upload upload = new Upload();
            CompletableFuture<UpstreamResponse> uploading =
                    transport.send(Requests.of("POST", far.origin(), "/", upload.ofUnknownLength()));
            links.add(far.accept());
            upload.send("abc");
            links.get(1).head();
            UpstreamResponse unread = stream(transport, far, links);
            Reading reading = Reading.all(stream(transport, far, links));
            assertThat(reading.next()).isEqualTo("abc");

            transport.close();
            transport.close();

            Requests.failure(waiting, Phase.EXCHANGE);
            Requests.failure(uploading, Phase.EXCHANGE);
            Waits.get(upload.cancelled, "the end of the upload");
            reading.breaksOff();
            Reading.all(unread).breaksOff();
            for (Link link : links) {
                link.untilEnd();
            }
        }
    }

    private static UpstreamResponse stream(Transport transport, FarEnd far, List<Link> links) throws Exception {
        CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
        Link link = far.accept();
        links.add(link);
        link.request();
        link.write(Link.CHUNKED).chunk("abc");
        return Waits.get(call, "the answer");
    }

    @Test
    default void aCallAfterTheCloseFailsAndSendsNothing() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            transport.close();
            for (var request : List.of(Requests.post(far.origin()), Requests.get(far.origin()))) {
                assertThat(Requests.failure(transport.send(request), Phase.CONNECT))
                        .hasMessageContaining("closed");
            }
            try (Transport other = start()) {
                CompletableFuture<UpstreamResponse> next = other.send(Requests.get(far.origin(), "/next"));
                assertThat(far.accept().request().target()).isEqualTo("/next");
                next.cancel(true);
            }
        }
    }

    /** Collects garbage while it waits: JDK 17 ends a client of its own only when nobody refers to it. */
    @Test
    default void closingLeavesNeitherThreadsNorIdleConnections() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        AtomicInteger ended = new AtomicInteger();
        try (FarEnd far = FarEnd.open()) {
            far.serve(link -> {
                for (Received next = link.headOrEnd(); next != null; next = link.headOrEnd()) {
                    link.bodyOf(next);
                    link.ok("ok");
                }
                ended.incrementAndGet();
            });
            List<CompletableFuture<UpstreamResponse>> calls = new ArrayList<>();
            try (Transport transport = start()) {
                for (int i = 0; i < 3; i++) {
                    calls.add(transport.send(Requests.post(far.origin())));
                }
                for (CompletableFuture<UpstreamResponse> call : calls) {
                    assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("ok");
                }
            }
            Waits.until(
                    () -> {
                        System.gc();
                        return ended.get() == far.accepted()
                                && leftSince(before).isEmpty();
                    },
                    () -> "the idle connections and these threads to end: " + leftSince(before));
        }
    }

    private List<Thread> leftSince(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && !mayOutliveItsTransport(thread))
                .filter(thread -> !thread.getName().equals(FarEnd.THREAD) && !isOfThePlatform(thread))
                .toList();
    }

    /** What the JDK starts when it is first needed and never ends. */
    private static boolean isOfThePlatform(Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        return group == null
                || group.getName().equals("system")
                || group.getName().equals("InnocuousThreadGroup")
                || thread.getName().startsWith("ForkJoinPool.commonPool")
                || thread.getName().equals("CompletableFutureDelayScheduler");
    }
}
