package io.ccflare.core.transport;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamCall;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One call. The JDK's own future ends its exchange for {@code cancel(true)} before the headers only. */
final class JdkCall extends UpstreamCall {

    private final String peer;
    private final @Nullable OutgoingBody outgoing;

    /** Told when the call is over, perhaps more than once, with what the JDK's client threw if it failed. */
    private final BiConsumer<JdkCall, @Nullable Throwable> whenOver;

    /** Idle connections remember their last call, and JDK 17 ends a client only when nobody refers to it any more. */
    private volatile @Nullable WeakReference<HttpClient> client;

    private volatile @Nullable CompletableFuture<?> exchange;
    private volatile @Nullable IncomingBody incoming;

    private volatile boolean aborted;

    JdkCall(String peer, @Nullable OutgoingBody outgoing, BiConsumer<JdkCall, @Nullable Throwable> whenOver) {
        this.peer = peer;
        this.outgoing = outgoing;
        this.whenOver = whenOver;
    }

    /** Sends it, unless it was given up before its turn came. */
    void start(HttpClient client, HttpRequest request) {
        if (isDone()) {
            return;
        }
        this.client = new WeakReference<>(client);
        CompletableFuture<? extends HttpResponse<?>> sent = client.sendAsync(request, this::onHead);
        exchange = sent;
        sent.whenComplete((answer, error) -> {
            if (error != null) {
                onFailure(error);
            } else if (incoming == null) {
                // The JDK makes up an answer of its own when a proxy wants to know who asks for a tunnel.
                onFailure(new ConnectException("the proxy refused, with status " + answer.statusCode()));
            }
        });
        if (aborted) {
            sent.cancel(true);
        }
    }

    String peer() {
        return peer;
    }

    /** The client it was sent with; null if there was none, or is none any more. */
    @Nullable
    HttpClient client() {
        WeakReference<HttpClient> used = client;
        return used == null ? null : used.get();
    }

    /** Ends the call from the transport's side: whoever waits for it or reads from it is told. */
    void shutDown() {
        IncomingBody body = incoming;
        if (body != null) {
            body.shutDown();
        }
        boolean nothingSent = exchange == null || outgoing != null && !outgoing.begun();
        failed(new TransportException(
                nothingSent ? Phase.CONNECT : Phase.EXCHANGE, peer + ": the transport was closed", null));
        cancelExchange();
    }

    private HttpResponse.BodySubscriber<@Nullable Void> onHead(HttpResponse.ResponseInfo head) {
        IncomingBody body = new IncomingBody(peer, () -> over(null));
        incoming = body;
        if (outgoing != null) {
            outgoing.letGo();
        }
        Headers headers;
        try {
            headers = headers(head);
        } catch (IllegalArgumentException e) {
            failed(new TransportException(
                    Phase.EXCHANGE, peer + ": the answer is not valid HTTP: " + e.getMessage(), null));
            body.close();
            return body;
        }
        if (answered(head.statusCode(), headers, body) && aborted) {
            // The transport was closed in between, and may not have seen the body.
            body.shutDown();
        }
        return body;
    }

    private static Headers headers(HttpResponse.ResponseInfo head) {
        Headers.Builder headers = Headers.builder();
        head.headers().map().forEach((name, values) -> {
            // The JDK leaves HTTP/2's :status among them.
            if (!name.startsWith(":")) {
                values.forEach(value -> headers.add(name, value));
            }
        });
        return headers.build();
    }

    private void onFailure(Throwable error) {
        IncomingBody body = incoming;
        if (body != null) {
            body.onError(error);
        }
        boolean nothingSent = outgoing != null && !outgoing.begun();
        failed(Failures.beforeStatus(peer, error, nothingSent));
        over(error);
    }

    @Override
    protected void abandoned() {
        cancelExchange();
        IncomingBody body = incoming;
        if (body != null) {
            body.close();
        }
    }

    private void cancelExchange() {
        aborted = true;
        CompletableFuture<?> sent = exchange;
        if (sent != null) {
            sent.cancel(true);
        }
        over(null);
    }

    private void over(@Nullable Throwable error) {
        if (outgoing != null) {
            outgoing.abandon();
        }
        whenOver.accept(this, error);
    }
}
