package io.ccflare.core.engine;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An upstream that a test plays by hand, on its own thread and step by step. */
final class HandTransport implements Transport {

    static final String START = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":"
            + "{\"id\":\"msg_1\",\"model\":\"claude-opus-4-8\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n";
    static final String CONTENT = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
            + "\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n";
    static final String ERROR = "event: error\ndata: {\"type\":\"error\",\"error\":"
            + "{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    static final String STOP = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    private final BlockingQueue<Exchange> exchanges = new LinkedBlockingQueue<>();
    final AtomicInteger sent = new AtomicInteger();

    @Override
    public CompletableFuture<UpstreamResponse> send(UpstreamRequest request) {
        Exchange exchange = new Exchange(request);
        sent.incrementAndGet();
        exchanges.add(exchange);
        return exchange.future;
    }

    /** The next call that was sent. */
    Exchange next() throws InterruptedException {
        Exchange exchange = exchanges.poll(10, TimeUnit.SECONDS);
        if (exchange == null) {
            throw new AssertionError("no call was sent");
        }
        return exchange;
    }

    @Override
    public void close() {
        // The exchanges are the test's.
    }

    /** One call, and its answer. */
    static final class Exchange implements UpstreamResponse, Flow.Publisher<List<ByteBuffer>>, Flow.Subscription {

        final UpstreamRequest request;
        final CompletableFuture<UpstreamResponse> future = new CompletableFuture<>();
        volatile long demand;
        volatile boolean ended;
        private int status;
        private Headers headers = Headers.empty();
        private Flow.@Nullable Subscriber<? super List<ByteBuffer>> reader;

        Exchange(UpstreamRequest request) {
            this.request = request;
        }

        Exchange answer(int status, String... headers) {
            this.status = status;
            this.headers = Headers.of(headers);
            future.complete(this);
            return this;
        }

        Exchange events() {
            return answer(200, "content-type", "text/event-stream");
        }

        Exchange json() {
            return answer(200, "content-type", "application/json");
        }

        /** Sends these as one batch. */
        Exchange push(String... pieces) {
            if (demand <= 0) {
                throw new AssertionError("nobody asked for this batch");
            }
            demand = demand == Long.MAX_VALUE ? demand : demand - 1;
            List<ByteBuffer> batch = java.util.Arrays.stream(pieces)
                    .map(piece -> ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8))
                            .asReadOnlyBuffer())
                    .toList();
            reader().onNext(batch);
            return this;
        }

        void end() {
            reader().onComplete();
        }

        void breakOff() {
            reader().onError(new TransportException(TransportException.Phase.BODY, "127.0.0.1:1: broke off", null));
        }

        void drop() {
            future.completeExceptionally(
                    new TransportException(TransportException.Phase.EXCHANGE, "127.0.0.1:1: dropped", null));
        }

        /** Whether the gateway gave this call up. */
        boolean givenUp() {
            return ended || future.isCancelled();
        }

        private Flow.Subscriber<? super List<ByteBuffer>> reader() {
            Flow.Subscriber<? super List<ByteBuffer>> to = reader;
            if (to == null) {
                throw new AssertionError("nobody reads the answer");
            }
            return to;
        }

        @Override
        public int status() {
            return status;
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public Flow.Publisher<List<ByteBuffer>> body() {
            return this;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
            reader = subscriber;
            subscriber.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        }

        @Override
        public void cancel() {
            ended = true;
        }

        @Override
        public void close() {
            ended = true;
        }
    }
}
