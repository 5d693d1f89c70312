package io.ccflare.adapter.vertx.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When what has arrived is handed over, while many streams have something at once. */
class ArrivalsTest {

    private static final int STREAMS = 4;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final VertxTransport transport = VertxTransport.create(vertx);
    private final List<Socket> peers = new ArrayList<>();
    private final List<Context> contexts = new ArrayList<>();
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private ServerSocket server;

    /** @param duringRead whether it was handed over while the event loop was reading connections, and not as a task after that */
    private record Arrival(int stream, String text, boolean duringRead, Context context) {}

    @BeforeEach
    void open() throws Exception {
        server = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        for (int i = 0; i < STREAMS; i++) {
            peers.add(stream(i));
        }
    }

    @AfterEach
    void close() throws Exception {
        transport.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        for (Socket peer : peers) {
            peer.close();
        }
        server.close();
    }

    @Test
    void aStreamIsHandedOnWhenTheNextOneIsReadAndNotAfterAll() throws Exception {
        arriveTogether("3\r\none\r\n");
        List<Arrival> seen = take();
        assertThat(seen).allMatch(arrival -> arrival.text.equals("one"));
        assertThat(seen).filteredOn(Arrival::duringRead).hasSize(STREAMS - 1);
        assertThat(seen.stream().map(Arrival::stream)).doesNotHaveDuplicates();
    }

    @Test
    void whatCameInOneReadIsHandedOverAsOne() throws Exception {
        arriveTogether("3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n");
        assertThat(take()).hasSize(STREAMS).allMatch(arrival -> arrival.text.equals("onetwothree"));
        assertThat(arrivals).isEmpty();
    }

    @Test
    void eachIsHandedOverInTheContextOfItsOwnCall() throws Exception {
        arriveTogether("3\r\none\r\n");
        assertThat(take()).allMatch(arrival -> arrival.context == contexts.get(arrival.stream));
    }

    @Test
    void aReaderThatThrowsHurtsNoOther() throws Exception {
        arriveTogether("4\r\nfail\r\n");
        assertThat(take()).hasSize(STREAMS);
        // Each was cancelled for its own sake, which closes its connection.
        for (Socket peer : peers) {
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        }
    }

    private List<Arrival> take() throws InterruptedException {
        List<Arrival> seen = new ArrayList<>();
        while (seen.size() < STREAMS) {
            Arrival arrival = arrivals.poll(20, TimeUnit.SECONDS);
            assertThat(arrival).as("of " + STREAMS + " streams after " + seen).isNotNull();
            seen.add(arrival);
        }
        return seen;
    }

    /** Has the same bytes ready on all connections before the event loop looks at any. */
    private void arriveTogether(String bytes) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        vertx.runOnContext(nothing -> {
            held.countDown();
            try {
                assertThat(written.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
        for (Socket peer : peers) {
            peer.getOutputStream().write(bytes.getBytes(US_ASCII));
        }
        written.countDown();
    }

    private Socket stream(int number) throws Exception {
        URI origin = URI.create("http://127.0.0.1:" + server.getLocalPort());
        Context own = ((VertxInternal) vertx).createEventLoopContext();
        contexts.add(own);
        CompletableFuture<UpstreamResponse> answer = new CompletableFuture<>();
        own.runOnContext(nothing -> transport
                .send(new UpstreamRequest("GET", origin, "/" + number, Headers.empty(), new UpstreamBody.None()))
                .thenAccept(answer::complete));
        Socket peer = server.accept();
        peer.setSoTimeout(20_000);
        readHead(peer);
        peer.getOutputStream().write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(US_ASCII));
        answer.get(20, TimeUnit.SECONDS).body().subscribe(new Reader(number));
        return peer;
    }

    private static void readHead(Socket peer) throws IOException {
        String end = "\r\n\r\n";
        int matched = 0;
        while (matched < end.length()) {
            int c = peer.getInputStream().read();
            matched = c == end.charAt(matched) ? matched + 1 : c == '\r' ? 1 : 0;
        }
    }

    private final class Reader implements Flow.Subscriber<List<ByteBuffer>> {

        private final int number;

        Reader(int number) {
            this.number = number;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
            String text = batch.stream()
                    .map(bytes -> US_ASCII.decode(bytes).toString())
                    .collect(Collectors.joining());
            boolean reading = StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> frame.getMethodName().equals("channelRead")));
            arrivals.add(new Arrival(number, text, reading, Vertx.currentContext()));
            if (text.equals("fail")) {
                throw new IllegalStateException("a reader that fails");
            }
        }

        @Override
        public void onError(Throwable error) {
            arrivals.add(new Arrival(number, "error", false, Vertx.currentContext()));
        }

        @Override
        public void onComplete() {
            arrivals.add(new Arrival(number, "end", false, Vertx.currentContext()));
        }
    }
}
