package io.ccflare.adapter.vertx;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.vertx.core.Handler;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Mounts a {@link GatewayHandler} in a Vert.x Web 5 router, for every method, beside the host's own routes:
 *
 * <pre>{@code
 * router.route("/v1/*").handler(authentication);
 * VertxGateway.mount(router, "/v1", gateway);
 * }</pre>
 *
 * <p>A mount is an ordinary route: handlers in front may refuse, a sub-router's mount point is part of its prefix, and what
 * {@link #mount(Router, String, GatewayHandler) mount} returns may be bound to a virtual host. It never calls {@code next()}. Any number of
 * verticle instances may mount one handler.
 *
 * <p>Everything runs on the request's event loop, and nothing blocks it; on worker and virtual thread contexts it runs there. Bodies are
 * streams in both directions, read and written as they are asked for: a handler in front that works asynchronously must pause the request
 * ({@code context.request().pause()}) or its body would be gone, as for any handler of Vert.x. A {@code BodyHandler} in front gathers the
 * body first, within its own limit (10 MB by default); multipart forms it takes apart, and such requests get 500.
 *
 * <p>Over HTTP/1.1 a response that breaks off closes the connection without a last chunk, over HTTP/2 it resets the stream; a caller that hangs
 * up or resets is noticed at once. {@code Expect: 100-continue} is answered when the handler asks for the body. Upgrades (WebSocket) reach the
 * handler as ordinary requests, unless the server has a WebSocket handler, which takes them first.
 *
 * <p><b>Options of the server.</b> {@code setCompressionSupported} makes Vert.x compress responses of callers who accept that: the bytes are
 * then not those of the handler, and events may be held back. Keep it off, or put {@code content-encoding: identity} on the response in a
 * handler in front, which Vert.x takes for "leave it alone". {@code setDecompressionSupported} hands over bodies decompressed. Vert.x refuses
 * headers above 8 KB in all ({@code setMaxHeaderSize}) and request lines above 4 KB ({@code setMaxInitialLineLength}).
 *
 * <p>Immutable and thread-safe.
 *
 * @since 1.0
 */
public final class VertxGateway implements Handler<RoutingContext> {

    /**
     * The key in the routing context that names the caller unless {@link Builder#caller} says otherwise: a handler that authenticates
     * puts it there, as a {@code String}. Callers cannot.
     */
    public static final String CALLER = "io.ccflare.caller";

    private final GatewayHandler handler;
    private final @Nullable String path;
    private final Function<RoutingContext, @Nullable String> caller;
    private final ErrorResponse errors;

    private VertxGateway(Builder builder) {
        this.handler = builder.handler;
        this.path = builder.path;
        this.caller = builder.caller;
        this.errors = builder.errors;
    }

    /**
     * Mounts a handler with the defaults of {@link Builder}.
     *
     * @param path as in {@code /v1}; {@code /} for the root; without the mount points of routers above
     * @return the route, for path and everything below it
     * @throws IllegalArgumentException if the path does not begin with a slash or holds a placeholder
     */
    public static Route mount(Router router, String path, GatewayHandler handler) {
        return builder(handler).mount(router, path);
    }

    /**
     * Mounts a handler.
     *
     * @param caller who asks, as {@link Builder#caller} takes it
     * @return the route
     * @throws IllegalArgumentException as {@link #mount(Router, String, GatewayHandler)} does
     */
    public static Route mount(
            Router router, String path, GatewayHandler handler, Function<RoutingContext, @Nullable String> caller) {
        return builder(handler).caller(caller).mount(router, path);
    }

    public static Builder builder(GatewayHandler handler) {
        return new Builder(handler);
    }

    /** Takes one request, which nobody may have answered yet. */
    @Override
    public void handle(RoutingContext context) {
        Home home = Home.of(context.request());
        if (home.here()) {
            take(context, home);
            return;
        }
        // A handler in front has called next() on a thread of its own.
        home.later(() -> {
            try {
                take(context, home);
            } catch (RuntimeException e) {
                context.fail(e);
            }
        });
    }

    private void take(RoutingContext context, Home home) {
        String mount = mountOf(context);
        // What this throws is the router's, so that it may refuse.
        String who = caller.apply(context);
        Exchange exchange = new Exchange(context, home, errors);
        GatewayRequest request;
        try {
            request = Incoming.translate(context, mount, who, exchange);
        } catch (IllegalArgumentException e) {
            String problem = e.getMessage();
            exchange.answer(exchange.error(400, problem == null ? "the request is malformed" : problem));
            return;
        } catch (IllegalStateException e) {
            exchange.replace(e);
            return;
        }
        exchange.run(handler, request);
    }

    private String mountOf(RoutingContext context) {
        String above = context.mountPoint();
        String own = path;
        if (own == null) {
            Route route = Objects.requireNonNull(context.currentRoute(), "no current route");
            if (route.isRegexPath()) {
                throw new IllegalStateException(
                        "the route of the gateway has a pattern: say with path(...) where it is mounted");
            }
            own = bare(route.getPath());
        }
        return above == null ? own : bare(above) + own;
    }

    private static String bare(@Nullable String path) {
        return path == null ? "" : path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static @Nullable String caller(RoutingContext context) {
        Object named = context.get(CALLER);
        if (named instanceof String name) {
            return name;
        }
        User user = context.user();
        return user == null ? null : user.subject();
    }

    /** Builds a {@link VertxGateway}. Not thread-safe. */
    public static final class Builder {

        private final GatewayHandler handler;
        private @Nullable String path;
        private Function<RoutingContext, @Nullable String> caller = VertxGateway::caller;
        private ErrorResponse errors = ErrorResponse.json();

        private Builder(GatewayHandler handler) {
            this.handler = Objects.requireNonNull(handler, "handler");
        }

        /**
         * Where the handler is mounted in its router, as in {@code /v1}; {@code /} for the root. Default: the path of the route that it
         * is registered with, which then must hold no placeholder.
         *
         * @throws IllegalArgumentException if the path does not begin with a slash or holds a placeholder
         */
        public Builder path(String path) {
            if (!path.startsWith("/") || path.indexOf('*') >= 0 || path.indexOf(':') >= 0) {
                throw new IllegalArgumentException("a mount is a plain path that begins with a slash, unlike " + path);
            }
            this.path = bare(path);
            return this;
        }

        /**
         * Who asks; null when nobody is known. Runs on the request's event loop after the handlers in front, and must not block. What it
         * throws fails the routing context, so that it may refuse ({@code HttpException}). Default: the value of {@link #CALLER} in the
         * routing context, else the subject of its user.
         */
        public Builder caller(Function<RoutingContext, @Nullable String> caller) {
            this.caller = Objects.requireNonNull(caller, "caller");
            return this;
        }

        /** What is answered in the adapter's own name. Default: {@link ErrorResponse#json()}. */
        public Builder errors(ErrorResponse errors) {
            this.errors = Objects.requireNonNull(errors, "errors");
            return this;
        }

        /**
         * Mounts it: a route for the path and everything below.
         *
         * @throws IllegalArgumentException as {@link #path} does
         */
        public Route mount(Router router, String path) {
            VertxGateway gateway = path(path).build();
            return router.route(bare(path) + "/*").handler(gateway);
        }

        /** The handler alone, for who registers the route. */
        public VertxGateway build() {
            return new VertxGateway(this);
        }
    }
}
