package io.ccflare.adapter.servlet;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Enumeration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Translates a servlet request. */
final class Incoming {

    private Incoming() {}

    /** @throws IllegalArgumentException if the request is not one that can be handed over; the caller's fault */
    static GatewayRequest translate(
            HttpServletRequest request, @Nullable String path, @Nullable String caller, Exchange exchange) {
        String query = request.getQueryString();
        String target = query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
        GatewayRequest.Builder builder = GatewayRequest.builder(request.getMethod(), target)
                .mount(path == null ? mapped(request) : path)
                .headers(headers(request))
                .caller(caller)
                .remote(address(request.getRemoteAddr()));
        long length = request.getContentLengthLong();
        if (mayHaveBody(request, length)) {
            builder.body(exchange.expectBody(), length);
        } else {
            builder.body(FixedBody.empty());
        }
        return builder.build();
    }

    /** In HTTP/1 a body announces itself; in later versions it need not. */
    private static boolean mayHaveBody(HttpServletRequest request, long length) {
        return length > 0
                || length < 0
                        && (request.getHeader("Transfer-Encoding") != null
                                || !request.getProtocol().startsWith("HTTP/1"));
    }

    /** The pattern rather than the servlet path, which containers decode. */
    private static String mapped(HttpServletRequest request) {
        String pattern = request.getHttpServletMapping().getPattern();
        String prefix = pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : pattern;
        return request.getContextPath() + (prefix.equals("/") ? "" : prefix);
    }

    private static Headers headers(HttpServletRequest request) {
        Headers.Builder headers = Headers.builder();
        Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Enumeration<String> names = request.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            if (seen.add(name)) {
                Enumeration<String> values = request.getHeaders(name);
                while (values.hasMoreElements()) {
                    String value = values.nextElement();
                    headers.add(name, value == null ? "" : value);
                }
            }
        }
        return headers.build();
    }

    /** Literal addresses only: a name would be looked up, which blocks. */
    private static @Nullable InetAddress address(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        boolean literal = text.indexOf(':') >= 0 || text.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
        try {
            return literal ? InetAddress.getByName(text) : null;
        } catch (UnknownHostException notAnAddress) {
            return null;
        }
    }
}
