package io.ccflare.adapter.servlet;

import io.ccflare.api.http.GatewayHandler;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Mounts a {@link GatewayHandler} in a servlet container, for every method:
 *
 * <pre>{@code
 * ServletHolder holder = new ServletHolder(new GatewayServlet(handler));
 * holder.setAsyncSupported(true);
 * context.addServlet(holder, "/v1/*");
 * }</pre>
 *
 * <p>The registration must support asynchronous requests, and so must every filter in front; filters must not wrap the streams
 * (compression, caching of bodies). No thread is held while a request or a response is under way. Requests have no time-out here:
 * the handler knows its deadlines, and the container's idle time-out applies to a caller that neither sends nor takes.
 *
 * <p>A response whose body breaks off is cut, so that it never looks complete: on Jetty 12 by its own abort, on Undertow 2.3 below its
 * stream, elsewhere (Tomcat 11) by an asynchronous dispatch back to this servlet, which then throws. Tomcat logs that, without a stack trace.
 * {@code docs/embedding.md} has the table of what each container does.
 *
 * <p>Thread-safe.
 *
 * @since 1.0
 */
public final class GatewayServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final System.Logger LOG = System.getLogger(GatewayServlet.class.getName());

    private final transient ServletMount mount;
    private final transient Set<Exchange> open = ConcurrentHashMap.newKeySet();

    /** A servlet with the defaults of {@link ServletMount}: mounted where the container maps it. */
    public GatewayServlet(GatewayHandler handler) {
        this(ServletMount.builder(handler).build());
    }

    public GatewayServlet(ServletMount mount) {
        this.mount = Objects.requireNonNull(mount, "mount");
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            throw new BrokenOff();
        }
        if (!request.isAsyncSupported()) {
            throw new ServletException(
                    "asynchronous requests are off: register GatewayServlet, and every filter in front, with asyncSupported = true");
        }
        AsyncContext async = request.startAsync(request, response);
        Exchange exchange = mount.begin(request, response, async);
        open.add(exchange);
        exchange.ending().thenAccept(ending -> {
            open.remove(exchange);
            conclude(async, request, response, ending);
        });
    }

    /** Breaks off what is still open: the container stops, has waited as long as it would, and may not tell of it in another way. */
    @Override
    public void destroy() {
        open.forEach(exchange -> exchange.breakOff(null));
    }

    private static void conclude(
            AsyncContext async, HttpServletRequest request, HttpServletResponse response, ServletMount.Ending ending) {
        try {
            if (ending == ServletMount.Ending.WHOLE) {
                async.complete();
            } else if (Unwrapped.isUndertows(request)) {
                UndertowConnection.of(request).cut(async);
            } else if (jettyAborts(response)) {
                async.complete();
            } else {
                async.dispatch();
            }
        } catch (IllegalStateException | UnsupportedOperationException | RejectedExecutionException over) {
            // The container has ended the request itself: the caller hung up, or the container stops.
            LOG.log(System.Logger.Level.DEBUG, "a request could not be concluded", over);
        }
    }

    private static boolean jettyAborts(HttpServletResponse response) {
        try {
            response.sendError(-1);
            return true;
        } catch (IllegalStateException | IllegalArgumentException | IOException notJetty) {
            return false;
        }
    }

    /** Ends a dispatch so that the container cuts the connection. Containers log it: one line is enough. */
    private static final class BrokenOff extends IOException {

        private static final long serialVersionUID = 1L;

        BrokenOff() {
            super("the response broke off, or its caller is gone: the connection is cut");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
