package io.ccflare.examples.spring;

import io.ccflare.adapter.servlet.ServletMount;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Every route, the gateway's too, is for users with a token; the gateway learns who asks. Spring Boot registers it with async support. */
@Component
class Authentication extends OncePerRequestFilter {

    private final Users users;

    Authentication(Users users) {
        this.users = users;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String user = users.byToken().get(token(request));
        if (user == null) {
            response.sendError(401, "unknown token; send yours as x-api-key or as Authorization: Bearer");
            return;
        }
        request.setAttribute(ServletMount.CALLER, user);
        chain.doFilter(request, response);
    }

    /** Claude clients send what they take for an API key in either header. */
    private static String token(HttpServletRequest request) {
        @Nullable String key = request.getHeader("x-api-key");
        @Nullable String authorization = request.getHeader("Authorization");
        if (key == null && authorization != null && authorization.startsWith("Bearer ")) {
            return authorization.substring("Bearer ".length());
        }
        return key == null ? "" : key;
    }
}
