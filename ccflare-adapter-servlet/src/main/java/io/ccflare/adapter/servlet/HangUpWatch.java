package io.ccflare.adapter.servlet;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Notices a caller that hangs up while nothing is being written to it. The Servlet API has no way to do so: without a watch a
 * hang-up shows when the next bytes are written, or when the container reports it (HTTP/2 does). {@link JettyHangUpWatch} is the one for
 * Jetty; Undertow is watched by default; on Tomcat there is no way.
 *
 * <p>Thread-safe.
 *
 * @since 1.0
 */
@FunctionalInterface
public interface HangUpWatch {

    /** Watches nothing. */
    HangUpWatch NONE = (request, hungUp) -> () -> {};

    /** Watches the connections of Undertow 2.3 that are HTTP/1.1 in clear text, and nothing elsewhere. */
    HangUpWatch DEFAULT = (request, hungUp) ->
            Unwrapped.isUndertows(request) ? UndertowConnection.of(request).watch(hungUp) : NONE.watch(request, hungUp);

    /**
     * Begins to watch the connection of a request whose body has been read to its end.
     *
     * @param hungUp to be run at most once, on any thread; harmless after the watch was stopped
     * @return stops the watch; called once, before the response ends. The connection must be as if it had never been watched
     *     when this returns
     */
    Runnable watch(HttpServletRequest request, Runnable hungUp);
}
