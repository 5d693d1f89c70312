package io.ccflare.adapter.javalin;

import io.ccflare.adapter.servlet.JettyHangUpWatch;
import io.ccflare.adapter.servlet.ServletMount;
import io.ccflare.api.http.ErrorResponse;
import io.ccflare.api.http.GatewayHandler;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Mounts a {@link GatewayHandler} in a Javalin 7 application, beside its own routes:
 *
 * <pre>{@code
 * Javalin.create(config -> {
 *     config.routes.before("/v1/*", authentication);
 *     JavalinGateway.mount(config, "/v1", gateway);
 * });
 * }</pre>
 *
 * <p>The mount is a set of ordinary endpoints, for {@code path} and everything below it: the host's {@code before} and
 * {@code beforeMatched} handlers run in front, and may refuse by throwing; its {@code after} handlers and request loggers run
 * when the response has gone out whole (not when it was cut). A servlet of its own beside Javalin's would have been simpler, and
 * would have gone past all of them. The endpoints serve GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, TRACE and QUERY; Javalin's
 * router answers 404 to other methods.
 *
 * <p>Bodies are read and written on the container's own streams with asynchronous I/O: Javalin's size limit, compression, entity
 * tags and default content type do not touch them, and no thread is held. Handlers in front must not read the body ({@code
 * ctx.body()} and its kin): it would be gone. {@code config.http.asyncTimeout} does not apply. Handlers behind must not write.
 *
 * <p>A response that breaks off cuts the connection; a caller that hangs up is noticed at once on HTTP/1.1 and HTTP/2. Requests
 * that only the container sees it answers itself: 400 to malformed ones, 431 to headers above its limit.
 *
 * @since 1.0
 */
public final class JavalinGateway {

    private static final HandlerType[] METHODS = {
        HandlerType.GET,
        HandlerType.POST,
        HandlerType.PUT,
        HandlerType.PATCH,
        HandlerType.DELETE,
        HandlerType.HEAD,
        HandlerType.OPTIONS,
        HandlerType.TRACE,
        HandlerType.QUERY
    };

    private JavalinGateway() {}

    /**
     * Mounts a handler; who asks is what a handler in front has put into the attribute {@link ServletMount#CALLER}.
     *
     * @param path as in {@code /v1}; {@code /} for the root; without Javalin's context path
     * @throws IllegalArgumentException if the path does not begin with a slash or holds a placeholder, or if Javalin has such a
     *     route already
     */
    public static void mount(JavalinConfig config, String path, GatewayHandler handler) {
        mount(config, path, handler, context -> context.attribute(ServletMount.CALLER));
    }

    /**
     * Mounts a handler.
     *
     * @param caller who asks, null when nobody is known; runs on the request's thread after the host's {@code before} handlers.
     *     What it throws goes to Javalin's exception handlers, so that it may refuse ({@code UnauthorizedResponse})
     * @throws IllegalArgumentException as {@link #mount(JavalinConfig, String, GatewayHandler)} does
     */
    public static void mount(
            JavalinConfig config, String path, GatewayHandler handler, Function<Context, @Nullable String> caller) {
        mount(config, path, handler, caller, ErrorResponse.json());
    }

    /**
     * Mounts a handler.
     *
     * @param errors what is answered when a request cannot be handed over or the handler is broken
     * @throws IllegalArgumentException as {@link #mount(JavalinConfig, String, GatewayHandler)} does
     */
    public static void mount(
            JavalinConfig config,
            String path,
            GatewayHandler handler,
            Function<Context, @Nullable String> caller,
            ErrorResponse errors) {
        if (!path.startsWith("/") || path.matches(".*[{}<>*].*")) {
            throw new IllegalArgumentException("a mount is a plain path that begins with a slash, unlike " + path);
        }
        String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        Handler route = handler(config, base, handler, caller, errors);
        for (HandlerType method : METHODS) {
            config.routes.addEndpoint(new Endpoint(method, base.isEmpty() ? "/" : base, route));
            config.routes.addEndpoint(new Endpoint(method, base + "/*", route));
        }
    }

    private static Handler handler(
            JavalinConfig config,
            String base,
            GatewayHandler handler,
            Function<Context, @Nullable String> caller,
            ErrorResponse errors) {
        Objects.requireNonNull(caller, "caller");
        String contextPath = config.router.contextPath;
        ServletMount mount = ServletMount.builder(handler)
                .path((contextPath.equals("/") ? "" : contextPath) + base)
                .errors(errors)
                .hangUpWatch(new JettyHangUpWatch())
                .build();
        return context -> {
            context.req().setAttribute(ServletMount.CALLER, caller.apply(context));
            context.future(() -> serve(mount, context));
        };
    }

    /**
     * Javalin has started the asynchronous request, and completes it when the future is complete. After a cut it never is: Jetty takes
     * request and response back at once, so that nothing may touch them any more.
     */
    private static CompletableFuture<?> serve(ServletMount mount, Context context) {
        HttpServletRequest request = context.req();
        HttpServletResponse response = context.res();
        // Javalin has put its default there, which is not the handler's.
        response.setContentType(null);
        CompletableFuture<Void> whole = new CompletableFuture<>();
        mount.serve(request, response, request.getAsyncContext()).thenAccept(ending -> {
            if (ending == ServletMount.Ending.WHOLE) {
                whole.complete(null);
            } else {
                cut(response);
            }
        });
        return whole;
    }

    /** Jetty's own way to abort a connection. */
    private static void cut(HttpServletResponse response) {
        try {
            response.sendError(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
