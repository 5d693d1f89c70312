package io.ccflare.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** An upstream without a wire: answers each call in the thread that sends it, with the headers and bodies that the real one sends. */
final class InstantTransport implements Transport {

    private static final int DELTAS = 50;
    private static final String USAGE = "\"usage\":{\"input_tokens\":12,\"cache_creation_input_tokens\":0,"
            + "\"cache_read_input_tokens\":2048,\"output_tokens\":120,\"service_tier\":\"standard\"}";

    private final Headers headers;
    private final List<ByteBuffer> pieces = new ArrayList<>();

    /** @param stream whether to answer with 50 content events, each arriving by itself */
    InstantTransport(boolean stream) {
        headers = Headers.of(
                "date", "Sat, 21 Nov 2026 04:00:00 GMT",
                "content-type", stream ? "text/event-stream; charset=utf-8" : "application/json",
                "request-id", "req_011CSHoEeqs5C35K2UUqR7Fy",
                "anthropic-organization-id", "0a1b2c3d-0000-4000-8000-000000000001",
                "anthropic-ratelimit-requests-limit", "4000",
                "anthropic-ratelimit-requests-remaining", "3999",
                "anthropic-ratelimit-requests-reset", "2026-11-21T04:00:00Z",
                "anthropic-ratelimit-input-tokens-limit", "2000000",
                "anthropic-ratelimit-input-tokens-remaining", "1999000",
                "anthropic-ratelimit-input-tokens-reset", "2026-11-21T04:00:01Z",
                "anthropic-ratelimit-output-tokens-limit", "400000",
                "anthropic-ratelimit-output-tokens-remaining", "399000",
                "anthropic-ratelimit-output-tokens-reset", "2026-11-21T04:00:02Z",
                "anthropic-ratelimit-tokens-limit", "2400000",
                "anthropic-ratelimit-tokens-remaining", "2398000",
                "anthropic-ratelimit-tokens-reset", "2026-11-21T04:00:01Z");
        if (stream) {
            event("message_start", "\"message\":" + message("[]"));
            event("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}");
            for (int i = 0; i < DELTAS; i++) {
                event(
                        "content_block_delta",
                        "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"some words that come together\"}");
            }
            event("content_block_stop", "\"index\":0");
            event("message_delta", "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null}," + USAGE);
            event("message_stop", null);
        } else {
            piece(message("[{\"type\":\"text\",\"text\":\"" + "some words that come together ".repeat(12) + "\"}]"));
        }
    }

    private static String message(String content) {
        return "{\"id\":\"msg_01\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-sonnet-4-5\",\"content\":"
                + content + ",\"stop_reason\":null,\"stop_sequence\":null," + USAGE + "}";
    }

    private void event(String type, String rest) {
        piece("event: " + type + "\ndata: {\"type\":\"" + type + "\"" + (rest == null ? "" : "," + rest) + "}\n\n");
    }

    private void piece(String text) {
        pieces.add(ByteBuffer.wrap(text.getBytes(UTF_8)).asReadOnlyBuffer());
    }

    @Override
    public CompletableFuture<UpstreamResponse> send(UpstreamRequest request) {
        return CompletableFuture.completedFuture(new Answer());
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private final class Answer implements UpstreamResponse, Flow.Publisher<List<ByteBuffer>>, Flow.Subscription {

        private Flow.Subscriber<? super List<ByteBuffer>> subscriber;
        private long demand;
        private int next;
        private boolean emitting;
        private boolean over;

        @Override
        public int status() {
            return 200;
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
        public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> client) {
            subscriber = client;
            client.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            if (emitting) {
                return;
            }
            emitting = true;
            while (!over && demand > 0 && next < pieces.size()) {
                demand--;
                subscriber.onNext(List.of(pieces.get(next++).duplicate()));
            }
            emitting = false;
            if (!over && next == pieces.size()) {
                over = true;
                subscriber.onComplete();
            }
        }

        @Override
        public void cancel() {
            over = true;
        }

        @Override
        public void close() {
            over = true;
        }
    }
}
