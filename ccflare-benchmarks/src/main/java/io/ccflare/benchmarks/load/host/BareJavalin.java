package io.ccflare.benchmarks.load.host;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;

/**
 * A pass-through as one writes it in an hour: Javalin and the JDK's client, nothing between. It reads request bodies whole, and writes
 * responses with blocking calls on the client's threads, each batch flushed.
 */
final class BareJavalin {

    /** As many as the gateway's transport has. */
    private static final int CLIENT_THREADS = 2;

    private static final Set<String> NOT_PASSED = Set.of("connection", "content-length", "host", "transfer-encoding");

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newFixedThreadPool(CLIENT_THREADS, task -> {
                Thread thread = new Thread(task, "bare-client");
                thread.setDaemon(true);
                return thread;
            }))
            .build();
    private final URI upstream;

    private BareJavalin(URI upstream) {
        this.upstream = upstream;
    }

    static Front start(URI upstream) {
        BareJavalin bare = new BareJavalin(upstream);
        return JavalinFront.start(config -> config.routes.addHttpHandler(HandlerType.POST, "/v1/*", bare::pass));
    }

    private void pass(Context context) {
        HttpRequest.Builder request = HttpRequest.newBuilder(upstream.resolve(context.path()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(context.bodyAsBytes()));
        context.headerMap().forEach((name, value) -> {
            if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                request.header(name, value);
            }
        });
        context.future(() -> client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofPublisher())
                .thenCompose(response -> write(response, context.res())));
    }

    private static CompletableFuture<Void> write(
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> from, HttpServletResponse to) {
        to.setStatus(from.statusCode());
        from.headers().map().forEach((name, values) -> {
            if (!name.equals("transfer-encoding") && !name.equals("connection")) {
                values.forEach(value -> to.addHeader(name, value));
            }
        });
        Writer writer = new Writer(to);
        from.body().subscribe(writer);
        return writer.done;
    }

    private static final class Writer implements Flow.Subscriber<List<ByteBuffer>> {

        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final HttpServletResponse to;
        private Flow.Subscription subscription;

        Writer(HttpServletResponse to) {
            this.to = to;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
            try {
                ServletOutputStream out = to.getOutputStream();
                WritableByteChannel channel = Channels.newChannel(out);
                for (ByteBuffer buffer : batch) {
                    channel.write(buffer);
                }
                out.flush();
                subscription.request(1);
            } catch (IOException | RuntimeException callerHasGone) {
                subscription.cancel();
                done.complete(null);
            }
        }

        @Override
        public void onError(Throwable error) {
            done.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }
}
