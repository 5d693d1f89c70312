package io.ccflare.httpclient;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** A handler whose calls are answered by the test, or at once by a function. */
final class Scripted implements GatewayHandler {

    /** One call as it came, to be answered. */
    record Asked(GatewayRequest request, CompletableFuture<GatewayResponse> answer) {}

    static final URI BASE = URI.create("http://ccflare.local");
    static final URI MESSAGES = URI.create("http://ccflare.local/v1/messages");

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final Supplier<CompletableFuture<GatewayResponse>> answers;

    private Scripted(Supplier<CompletableFuture<GatewayResponse>> answers) {
        this.answers = answers;
    }

    /** Answers nothing by itself. */
    static Scripted waiting() {
        return new Scripted(CompletableFuture::new);
    }

    static Scripted answering(GatewayResponse response) {
        return new Scripted(() -> CompletableFuture.completedFuture(response));
    }

    static Scripted answering(int status, String text, String... headers) {
        return new Scripted(() -> CompletableFuture.completedFuture(text(status, text, headers)));
    }

    static GatewayResponse text(int status, String text, String... headers) {
        return GatewayResponse.of(status, Headers.of(headers), FixedBody.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    static GatewayResponse stream(Source source) {
        return GatewayResponse.of(200, Headers.of("content-type", "text/event-stream"), source, () -> {
            source.cancelled.complete(null);
        });
    }

    static HttpRequest get() {
        return HttpRequest.newBuilder(MESSAGES).build();
    }

    static HttpRequest post(HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(MESSAGES).POST(body).build();
    }

    GatewayHttpClient client() {
        return GatewayHttpClient.builder(this).build();
    }

    @Override
    public CompletableFuture<GatewayResponse> handle(GatewayRequest request) {
        CompletableFuture<GatewayResponse> answer = answers.get();
        asked.add(new Asked(request, answer));
        return answer;
    }

    Asked asked() throws InterruptedException {
        Asked next = asked.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no call came");
        }
        return next;
    }

    boolean untouched() {
        return asked.isEmpty();
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("waited in vain", e);
        }
    }

    /** Reads a request's body as the gateway does, batch by batch. */
    static CompletableFuture<byte[]> read(GatewayRequest request) {
        CompletableFuture<byte[]> all = new CompletableFuture<>();
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        request.body().subscribe(new Flow.Subscriber<>() {
            private Flow.Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription to) {
                subscription = to;
                to.request(1);
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                for (ByteBuffer buffer : batch) {
                    byte[] copy = new byte[buffer.remaining()];
                    buffer.get(copy);
                    bytes.writeBytes(copy);
                }
                subscription.request(1);
            }

            @Override
            public void onError(Throwable cause) {
                all.completeExceptionally(cause);
            }

            @Override
            public void onComplete() {
                all.complete(bytes.toByteArray());
            }
        });
        return all;
    }
}
