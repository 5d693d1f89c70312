package io.ccflare.testkit.adapter;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Responses of a scripted handler. */
final class Answers {

    private Answers() {}

    static CompletableFuture<GatewayResponse> text(String text) {
        return text(200, text);
    }

    static CompletableFuture<GatewayResponse> text(int status, String text, String... headers) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Headers all = Headers.of(headers).toBuilder()
                .add("Content-Length", Integer.toString(bytes.length))
                .build();
        return CompletableFuture.completedFuture(GatewayResponse.of(status, all, FixedBody.of(bytes)));
    }

    static GatewayResponse stream(Flow.Publisher<java.util.List<java.nio.ByteBuffer>> body, String... headers) {
        return GatewayResponse.of(200, Headers.of(headers), body, () -> {});
    }

    static CompletableFuture<GatewayResponse> events(Source body) {
        return CompletableFuture.completedFuture(stream(body, "Content-Type", "text/event-stream"));
    }
}
