package io.ccflare.adapter.servlet;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import java.util.TreeSet;

/** Translates status and headers of a response. */
final class Outgoing {

    /** Containers set some of these themselves; there must be one of each. */
    private static final Set<String> SINGLE = names("Content-Type", "Date", "Server");

    private Outgoing() {}

    /** Returns whether the response may have a body. */
    static boolean head(HttpServletRequest request, HttpServletResponse response, GatewayResponse answer) {
        int status = answer.status();
        boolean bodiless = status < 200 || status == 204 || status == 304;
        response.setStatus(status);
        Headers headers = answer.headers();
        headers.forEach((name, value) -> {
            if (name.equalsIgnoreCase("Transfer-Encoding") || bodiless && name.equalsIgnoreCase("Content-Length")) {
                return;
            }
            if (SINGLE.contains(name)) {
                response.setHeader(name, value);
            } else {
                response.addHeader(name, value);
            }
        });
        return !bodiless && !request.getMethod().equals("HEAD");
    }

    /** The length that the headers announce; -1 when they do not. */
    static long length(GatewayResponse answer) {
        String length = answer.headers().first("Content-Length");
        try {
            return length == null ? -1 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static Set<String> names(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(Set.of(names));
        return set;
    }
}
