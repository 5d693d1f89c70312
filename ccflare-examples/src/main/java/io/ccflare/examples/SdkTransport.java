package io.ccflare.examples;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.AnthropicClientImpl;
import com.anthropic.core.ClientOptions;
import com.anthropic.core.RequestOptions;
import com.anthropic.core.Timeout;
import com.anthropic.core.http.Headers;
import com.anthropic.core.http.HttpClient;
import com.anthropic.core.http.HttpRequest;
import com.anthropic.core.http.HttpRequestBody;
import com.anthropic.core.http.HttpResponse;
import com.anthropic.errors.AnthropicIoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lets the official Anthropic SDK send its calls with a JDK client: with a {@link io.ccflare.httpclient.GatewayHttpClient} they go to
 * the gateway in this process. A response is read as it comes, only as fast as the SDK's user reads, and closing it ends the call
 * upstream. Request bodies are gathered first, uploads of files too. Thread-safe.
 */
public final class SdkTransport implements HttpClient {

    private final java.net.http.HttpClient client;

    /** @param client stays the caller's to close */
    public SdkTransport(java.net.http.HttpClient client) {
        this.client = client;
    }

    /**
     * The SDK over a client. It needs no key: the gateway has its own.
     *
     * @param baseUrl the client's, if it leads to a gateway
     * @param options what else is to be set, as the SDK's retries
     */
    public static AnthropicClient sdk(
            java.net.http.HttpClient client, String baseUrl, UnaryOperator<ClientOptions.Builder> options) {
        return new AnthropicClientImpl(options.apply(ClientOptions.builder()
                        .httpClient(new SdkTransport(client))
                        .baseUrl(baseUrl))
                .build());
    }

    @Override
    public HttpResponse execute(HttpRequest request, RequestOptions options) {
        try (HttpRequestBody body = request.body().orElse(null)) {
            return new Response(client.send(translate(request, body, options), BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new AnthropicIoException("Request failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AnthropicIoException("Request interrupted", e);
        }
    }

    /** The future is derived from the client's, so cancelling it ends the call. */
    @Override
    public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
        try (HttpRequestBody body = request.body().orElse(null)) {
            return client.sendAsync(translate(request, body, options), BodyHandlers.ofInputStream())
                    .handle((response, failure) -> {
                        if (response == null) {
                            throw new AnthropicIoException("Request failed", unwrapped(failure));
                        }
                        return new Response(response);
                    });
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private static java.net.http.HttpRequest translate(
            HttpRequest request, @Nullable HttpRequestBody body, RequestOptions options) {
        java.net.http.HttpRequest.Builder builder = java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
                .method(request.method().name(), publisher(body));
        for (String name : request.headers().names()) {
            request.headers().values(name).forEach(value -> builder.header(name, value));
        }
        if (body != null && body.contentType() != null) {
            builder.setHeader("content-type", body.contentType());
        }
        options.timeout()
                .map(Timeout::request)
                .filter(timeout -> timeout.compareTo(Duration.ZERO) > 0)
                .ifPresent(builder::timeout);
        return builder.build();
    }

    private static BodyPublisher publisher(@Nullable HttpRequestBody body) {
        if (body == null) {
            return BodyPublishers.noBody();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        body.writeTo(bytes);
        return BodyPublishers.ofByteArray(bytes.toByteArray());
    }

    /** Closes nothing: the client is its owner's. */
    @Override
    public void close() {}

    private static final class Response implements HttpResponse {

        private final java.net.http.HttpResponse<InputStream> response;
        private final Headers headers;

        Response(java.net.http.HttpResponse<InputStream> response) {
            this.response = response;
            Headers.Builder all = Headers.builder();
            response.headers().map().forEach(all::put);
            this.headers = all.build();
        }

        @Override
        public int statusCode() {
            return response.statusCode();
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public InputStream body() {
            return response.body();
        }

        /** Before the end, this ends the call upstream. */
        @Override
        public void close() {
            try {
                response.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
