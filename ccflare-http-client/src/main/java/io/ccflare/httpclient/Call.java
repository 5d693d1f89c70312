package io.ccflare.httpclient;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One call, from the request to the end of its response's body. The caller's code runs on the executor, one signal after the other, with
 * an order of its own for uploads so that a body that is slow to come does not hold up an answer that is there.
 */
final class Call<T> {

    private final HttpRequest request;
    private final BodyHandler<T> handler;
    private final OpenCalls open;
    private final Executor executor;
    private final Serial signals;
    private final Serial uploads;
    private final CallFuture<HttpResponse<T>> future = new CallFuture<>(this::giveUp);
    private final CompletableFuture<Void> headers = new CompletableFuture<>();
    /** Why nobody wants the response any more. */
    private final AtomicReference<@Nullable Throwable> givenUp = new AtomicReference<>();

    private volatile @Nullable CompletableFuture<GatewayResponse> answer;
    private volatile @Nullable GatewayResponse response;
    private volatile @Nullable ResponseBody body;

    Call(HttpRequest request, BodyHandler<T> handler, OpenCalls open, Executor executor) {
        this.request = request;
        this.handler = handler;
        this.open = open;
        this.executor = executor;
        BooleanSupplier leaving = executor instanceof CallerThread caller ? caller::isWanted : () -> false;
        this.signals = new Serial(executor, leaving, this::fail);
        this.uploads = new Serial(executor, leaving, this::fail);
    }

    Serial uploads() {
        return uploads;
    }

    CallFuture<HttpResponse<T>> future() {
        return future;
    }

    void start(GatewayHandler gateway, GatewayRequest translated) {
        try {
            open.enter(this);
        } catch (IOException closed) {
            future.fail(closed);
            return;
        }
        request.timeout().ifPresent(this::expectHeadersWithin);
        CompletableFuture<GatewayResponse> answer;
        try {
            answer = Objects.requireNonNull(gateway.handle(translated), "the handler returned no future");
        } catch (RuntimeException | Error e) {
            future.fail(broken(e));
            giveUp();
            return;
        }
        this.answer = answer;
        if (givenUp.get() != null) {
            answer.cancel(true);
        }
        answer.whenComplete((response, failure) -> signals.execute(() -> answered(response, failure)));
    }

    private void expectHeadersWithin(Duration timeout) {
        headers.orTimeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS)
                .whenComplete((there, late) -> {
                    if (late != null) {
                        fail(new HttpTimeoutException("request timed out"));
                    }
                });
    }

    private void answered(@Nullable GatewayResponse response, @Nullable Throwable failure) {
        headers.complete(null);
        if (response == null) {
            Throwable wanted = givenUp.get();
            fail(wanted == null ? broken(failure) : wanted);
            return;
        }
        this.response = response;
        if (givenUp.get() != null) {
            response.close();
            return;
        }
        try {
            deliver(response);
        } catch (Throwable t) {
            fail(t);
        }
    }

    private void deliver(GatewayResponse response) {
        Response.Head head = Response.Head.of(response);
        BodySubscriber<T> subscriber = handler.apply(head);
        ResponseBody body = new ResponseBody(this, signals, subscriber);
        this.body = body;
        response.body().subscribe(body);
        subscriber.getBody().whenComplete((value, failure) -> {
            if (failure != null) {
                fail(unwrapped(failure));
            } else if (body.over()) {
                ended();
                future.deliver(new Response<>(request, head, value));
            } else if (givenUp.get() == null) {
                body.handOver();
                apart(() -> future.deliver(new Response<>(request, head, value)));
            }
        });
    }

    private static Throwable broken(@Nullable Throwable failure) {
        if (failure == null) {
            return new IOException("the gateway's handler answered nothing");
        }
        Throwable cause = unwrapped(failure);
        if (cause instanceof IOException) {
            return cause;
        }
        return new IOException(
                cause instanceof CancellationException
                        ? "the gateway gave the call up"
                        : "the gateway's handler failed: " + cause,
                cause);
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Ends it with a failure, for the future and for the body. Idempotent; any thread. */
    void fail(Throwable cause) {
        giveUp(cause);
        apart(() -> future.fail(cause));
    }

    /** Not among the signals: what depends on the future may wait for the body, or for the end of the call. */
    private void apart(Runnable completion) {
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException e) {
            completion.run();
        }
    }

    /** Nobody wants the response, or the rest of it. */
    private void giveUp() {
        giveUp(new IOException("the call was cancelled"));
    }

    private void giveUp(Throwable cause) {
        if (!givenUp.compareAndSet(null, cause)) {
            return;
        }
        headers.complete(null);
        CompletableFuture<GatewayResponse> answer = this.answer;
        if (answer != null) {
            answer.cancel(true);
        }
        ResponseBody body = this.body;
        if (body != null) {
            body.abort(cause);
        }
        GatewayResponse response = this.response;
        if (response != null) {
            response.close();
        }
        if (body == null) {
            ended();
        }
    }

    /** Nothing more comes. Idempotent. */
    void ended() {
        open.leave(this);
    }
}
