package io.ccflare.adapter.vertx;

import io.ccflare.api.http.ErrorResponse;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One request on its way through Vert.x. Lives on the request's context, and ends once, from whichever side. */
final class Exchange implements BiConsumer<@Nullable GatewayResponse, @Nullable Throwable>, Handler<AsyncResult<Void>> {

    /** RFC 9113 section 7. */
    private static final long INTERNAL_ERROR = 2;

    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

    private enum Phase {
        WAITING,
        DELIVERING,
        ENDED
    }

    private final RoutingContext context;
    private final Home home;
    private final ErrorResponse errors;
    private Phase phase = Phase.WAITING;
    private boolean replaced;
    private @Nullable CompletableFuture<GatewayResponse> answer;
    private @Nullable RequestBody requestBody;
    private @Nullable ResponseBody responseBody;

    Exchange(RoutingContext context, Home home, ErrorResponse errors) {
        this.context = context;
        this.home = home;
        this.errors = errors;
    }

    RequestBody expectBody(long length) {
        HttpServerRequest request = context.request();
        boolean awaitsContinue = request.version() != HttpVersion.HTTP_1_0
                && request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true);
        RequestBody body = new RequestBody(request, home, length, awaitsContinue);
        requestBody = body;
        return body;
    }

    void run(GatewayHandler handler, GatewayRequest translated) {
        context.addEndHandler(this);
        if (context.response().closed()) {
            // The caller left while a handler in front took its time, and nobody tells of that again.
            finish();
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
        future.whenComplete(this);
    }

    /** The handler's answer; on any thread. */
    @Override
    public void accept(@Nullable GatewayResponse answered, @Nullable Throwable failure) {
        if (home.here()) {
            settle(answered, failure);
        } else if (!home.later(() -> settle(answered, failure)) && answered != null) {
            answered.close();
        }
    }

    private void settle(@Nullable GatewayResponse answered, @Nullable Throwable failure) {
        if (phase == Phase.WAITING) {
            answer(answered == null ? failed(failure) : answered);
        } else if (answered != null) {
            answered.close();
        }
    }

    /** Writes a response. */
    void answer(GatewayResponse answered) {
        phase = Phase.DELIVERING;
        ResponseBody body = new ResponseBody(this, context, home, answered);
        responseBody = body;
        body.begin();
    }

    /** Answers in place of a response that failed before its first byte. */
    void replace(Throwable failure) {
        if (replaced) {
            cut(failure);
        } else {
            replaced = true;
            answer(failed(failure));
        }
    }

    /** @param failure null when there is none but that the handler answered null */
    private GatewayResponse failed(@Nullable Throwable failure) {
        Throwable cause = failure == null ? new NullPointerException("the handler answered null") : failure;
        LOG.log(System.Logger.Level.ERROR, "the gateway handler failed; the caller gets 500", cause);
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

    /** The response is whole; called before its last bytes are written. */
    void finish() {
        phase = Phase.ENDED;
        RequestBody asked = requestBody;
        if (asked != null) {
            asked.abandon();
        }
    }

    /** The response broke off after its head: it must not look whole. */
    void cut(Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, "a response broke off", cause);
        finish();
        context.response().reset(INTERNAL_ERROR);
    }

    /** The caller has hung up or reset its stream, or somebody else in the host has ended the response. */
    @Override
    public void handle(AsyncResult<Void> ended) {
        Phase before = phase;
        if (before == Phase.ENDED) {
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, "an exchange broke off", ended.cause());
        CompletableFuture<GatewayResponse> future = answer;
        ResponseBody answered = responseBody;
        finish();
        if (before == Phase.WAITING && future != null) {
            future.cancel(true);
        } else if (answered != null) {
            answered.giveUp();
        }
    }
}
