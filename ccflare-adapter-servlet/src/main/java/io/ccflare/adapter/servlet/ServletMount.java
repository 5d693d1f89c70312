package io.ccflare.adapter.servlet;

import io.ccflare.api.http.ErrorResponse;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A handler, and how the servlet API is translated for it. {@link GatewayServlet} is what most hosts want; this is for those that
 * start asynchronous requests themselves, as web frameworks do.
 *
 * <p>Immutable and thread-safe.
 *
 * @since 1.0
 */
public final class ServletMount {

    /**
     * The request attribute that names the caller unless {@link Builder#caller} says otherwise: a filter that authenticates sets
     * it, as a {@code String}. Callers cannot.
     */
    public static final String CALLER = "io.ccflare.caller";

    /** How a response ended. */
    public enum Ending {
        /** All bytes are with the container: the asynchronous request may be completed. */
        WHOLE,
        /**
         * The body broke off or the caller hung up: the connection must be cut, so that the response never looks complete. On Jetty
         * {@code response.sendError(-1)} does it.
         */
        BROKEN
    }

    private static final System.Logger LOG = System.getLogger(ServletMount.class.getName());

    private final GatewayHandler handler;
    private final @Nullable String path;
    private final Function<HttpServletRequest, @Nullable String> caller;
    private final ErrorResponse errors;
    private final HangUpWatch watch;

    private ServletMount(Builder builder) {
        this.handler = builder.handler;
        this.path = builder.path;
        this.caller = builder.caller;
        this.errors = builder.errors;
        this.watch = builder.watch;
    }

    public static Builder builder(GatewayHandler handler) {
        return new Builder(handler);
    }

    /**
     * Hands one request to the handler and writes what it answers. Returns at once. Sets the time-out of the asynchronous request to
     * none, and takes request and response for itself: nobody else reads or writes until the stage is complete. Batches of the response
     * are written, without waiting, on the thread that hands them over, or on one of the container's.
     *
     * @param async of this very request, started by whoever calls, who also completes it or cuts the connection when the stage
     *     says so
     * @return complete when the response has ended; never fails. Completes on a thread of the container or of the handler
     */
    public CompletionStage<Ending> serve(HttpServletRequest request, HttpServletResponse response, AsyncContext async) {
        return begin(request, response, async).ending();
    }

    Exchange begin(HttpServletRequest request, HttpServletResponse response, AsyncContext async) {
        async.setTimeout(0);
        Exchange exchange = new Exchange(request, response, errors, watch);
        async.addListener(exchange, request, response);
        if (Unwrapped.isUndertows(request)) {
            UndertowConnection.of(request).whenOver(exchange::over);
        }
        GatewayRequest translated = translate(request, exchange);
        if (translated != null) {
            exchange.run(handler, translated);
        }
        return exchange;
    }

    /** Null when the request has been answered instead. */
    private @Nullable GatewayRequest translate(HttpServletRequest request, Exchange exchange) {
        String who;
        try {
            who = caller.apply(request);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the host's caller function failed; the caller gets 500", e);
            exchange.answer(exchange.error(500, "internal error"));
            return null;
        }
        try {
            return Incoming.translate(request, path, who, exchange);
        } catch (IllegalArgumentException e) {
            exchange.answer(exchange.error(400, e.getMessage() == null ? "the request is malformed" : e.getMessage()));
            return null;
        }
    }

    /** Builds a {@link ServletMount}. Not thread-safe. */
    public static final class Builder {

        private final GatewayHandler handler;
        private @Nullable String path;
        private Function<HttpServletRequest, @Nullable String> caller =
                request -> request.getAttribute(CALLER) instanceof String name ? name : null;
        private ErrorResponse errors = ErrorResponse.json();
        private HangUpWatch watch = HangUpWatch.DEFAULT;

        private Builder(GatewayHandler handler) {
            this.handler = Objects.requireNonNull(handler, "handler");
        }

        /**
         * Where the handler is mounted, context path included, as in {@code /app/v1}; {@code /} for the root. Default: the context path and
         * the servlet's mapping, as the container tells them.
         */
        public Builder path(String path) {
            this.path = Objects.requireNonNull(path, "path");
            return this;
        }

        /** Who asks; null when nobody is known. Must not block. Default: the request attribute {@link #CALLER}. */
        public Builder caller(Function<HttpServletRequest, @Nullable String> caller) {
            this.caller = Objects.requireNonNull(caller, "caller");
            return this;
        }

        /** What is answered in the adapter's own name. Default: {@link ErrorResponse#json()}. */
        public Builder errors(ErrorResponse errors) {
            this.errors = Objects.requireNonNull(errors, "errors");
            return this;
        }

        /** How a silent hang-up is noticed. Default: {@link HangUpWatch#DEFAULT}. */
        public Builder hangUpWatch(HangUpWatch watch) {
            this.watch = Objects.requireNonNull(watch, "watch");
            return this;
        }

        public ServletMount build() {
            return new ServletMount(this);
        }
    }
}
