package io.ccflare.core.engine;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A response read to its end. */
record Reply(
        int status, Headers headers, byte[] bytes, @Nullable Throwable broken) {

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static Reply of(GatewayResponse response) throws Exception {
        Reader reader = new Reader();
        response.body().subscribe(reader);
        Throwable broken = null;
        try {
            reader.done.get(20, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            broken = e.getCause();
        }
        return new Reply(response.status(), response.headers(), reader.bytes.toByteArray(), broken);
    }

    /** Reads one batch after the other. */
    static class Reader implements Flow.Subscriber<List<ByteBuffer>> {

        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final CompletableFuture<Void> first = new CompletableFuture<>();
        volatile Flow.@Nullable Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            s.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
            for (ByteBuffer buffer : batch) {
                byte[] copy = new byte[buffer.remaining()];
                buffer.get(copy);
                bytes.writeBytes(copy);
            }
            first.complete(null);
            Flow.Subscription s = subscription;
            if (s != null) {
                s.request(1);
            }
        }

        @Override
        public void onError(Throwable t) {
            done.completeExceptionally(t);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }
}
