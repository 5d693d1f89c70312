package io.ccflare.adapter.servlet;

import io.undertow.servlet.spec.HttpServletRequestImpl;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Cuts the connection of a response on Undertow 2.3, over HTTP/2 its stream: there the Servlet API has no way at all. Uses Undertow's public classes,
 * and is loaded only when a request is Undertow's own.
 */
final class UndertowCut {

    private static final String REQUEST = "io.undertow.servlet.spec.HttpServletRequestImpl";

    private UndertowCut() {}

    /** False when the request is not one of Undertow's. */
    static boolean cut(HttpServletRequest request) throws IOException {
        ServletRequest own = request;
        while (own instanceof ServletRequestWrapper wrapper) {
            own = wrapper.getRequest();
        }
        if (!own.getClass().getName().equals(REQUEST)) {
            return false;
        }
        Undertow.close(own);
        return true;
    }

    /** Apart, so that its classes are not looked for elsewhere. */
    private static final class Undertow {
        static void close(ServletRequest request) throws IOException {
            ((HttpServletRequestImpl) request).getExchange().getConnection().close();
        }
    }
}
