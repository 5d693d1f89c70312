package io.ccflare.adapter.servlet;

import io.ccflare.api.http.ErrorResponse;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One request on its way through the container. Ends once, from whichever side. */
final class Exchange implements AsyncListener {

    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

    private enum Phase {
        WAITING,
        DELIVERING,
        ENDED
    }

    private final HttpServletRequest request;
    private final ResponseBody responseBody;
    private final ErrorResponse errors;
    private final HangUpWatch watch;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);
    private final AtomicReference<@Nullable Runnable> watching = new AtomicReference<>();
    private final CompletableFuture<ServletMount.Ending> ending = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<GatewayResponse> answer;
    private volatile @Nullable RequestBody requestBody;

    Exchange(HttpServletRequest request, HttpServletResponse response, ErrorResponse errors, HangUpWatch watch) {
        this.request = request;
        this.responseBody = new ResponseBody(this, request, response);
        this.errors = errors;
        this.watch = watch;
    }

    CompletionStage<ServletMount.Ending> ending() {
        return ending;
    }

    RequestBody expectBody() {
        RequestBody body = new RequestBody(request, this::watchForHangUp);
        requestBody = body;
        return body;
    }

    void run(GatewayHandler handler, GatewayRequest translated) {
        if (requestBody == null) {
            watchForHangUp();
        }
        try {
            responseBody.listen();
        } catch (IOException | RuntimeException e) {
            breakOff(e);
            return;
        }
        CompletableFuture<GatewayResponse> future;
        try {
            future = Objects.requireNonNull(handler.handle(translated), "the handler returned no future");
        } catch (RuntimeException | Error e) {
            answer(failed(e));
            return;
        }
        answer = future;
        if (phase.get() == Phase.ENDED) {
            future.cancel(true);
        }
        future.whenComplete((answered, failure) -> {
            if (answered != null) {
                answer(answered);
            } else if (phase.get() == Phase.WAITING) {
                answer(failed(failure == null ? new NullPointerException("the handler answered null") : failure));
            }
        });
    }

    /** Writes a response, unless the exchange has ended meanwhile: then it is closed. */
    void answer(GatewayResponse answered) {
        RequestBody asked = requestBody;
        if (asked != null && asked.brokeOff()) {
            // Nobody waits for it, and not every container says so to who tries to write.
            answered.close();
            breakOff(null);
            return;
        }
        if (phase.compareAndSet(Phase.WAITING, Phase.DELIVERING)) {
            responseBody.begin(answered);
        } else {
            answered.close();
        }
    }

    /** The answer in place of one that failed before its first byte. */
    GatewayResponse failed(Throwable failure) {
        LOG.log(System.Logger.Level.ERROR, "the gateway handler failed; the caller gets 500", failure);
        return error(500, "internal error");
    }

    GatewayResponse error(int status, String message) {
        try {
            return Objects.requireNonNull(errors.of(status, message), "no error response");
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the host's error response failed; the default is sent", e);
            return ErrorResponse.json().of(status, message);
        }
    }

    /** The container has all bytes. */
    void finish() {
        end(ServletMount.Ending.WHOLE);
    }

    /** The body broke off, or the caller is gone: whatever is still under way is given up. */
    void breakOff(@Nullable Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, "an exchange broke off", cause);
        end(ServletMount.Ending.BROKEN);
    }

    /** The container has ended the request, whether or not it was answered whole. */
    void over() {
        responseBody.overNow();
    }

    private void end(ServletMount.Ending how) {
        Phase before = phase.getAndSet(Phase.ENDED);
        if (before == Phase.ENDED) {
            return;
        }
        stopWatching();
        CompletableFuture<GatewayResponse> future = answer;
        if (before == Phase.WAITING && future != null) {
            future.cancel(true);
        }
        RequestBody asked = requestBody;
        if (asked != null) {
            asked.abandon();
        }
        if (before == Phase.DELIVERING && how == ServletMount.Ending.BROKEN) {
            responseBody.cancel();
        }
        ending.complete(how);
    }

    private void watchForHangUp() {
        Runnable stop = watch.watch(request, () -> breakOff(null));
        if (!watching.compareAndSet(null, stop)) {
            stop.run();
        }
    }

    /** Before the container may end the request. Leaves something in place of the watch: one that begins too late stops at once. */
    void stopWatching() {
        Runnable stop = watching.getAndSet(() -> {});
        if (stop != null) {
            stop.run();
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        breakOff(event.getThrowable());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        breakOff(event.getThrowable());
    }

    @Override
    public void onComplete(AsyncEvent event) {
        breakOff(event.getThrowable());
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
