package io.ccflare.adapter.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;

/** The container's own request, below what filters have put around it. */
final class Unwrapped {

    private Unwrapped() {}

    static ServletRequest of(ServletRequest request) {
        ServletRequest own = request;
        while (own instanceof ServletRequestWrapper wrapper) {
            own = wrapper.getRequest();
        }
        return own;
    }

    /** Whether {@link UndertowConnection} can be used. By name, since elsewhere there is no such class. */
    static boolean isUndertows(ServletRequest request) {
        return of(request).getClass().getName().equals("io.undertow.servlet.spec.HttpServletRequestImpl");
    }
}
