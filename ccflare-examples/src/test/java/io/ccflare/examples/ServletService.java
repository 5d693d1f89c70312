package io.ccflare.examples;

import io.ccflare.adapter.servlet.GatewayServlet;
import io.ccflare.adapter.servlet.HangUpWatch;
import io.ccflare.adapter.servlet.ServletMount;
import io.ccflare.core.Gateway;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** What a container starts for the SDK: the gateway's servlet behind a filter that knows one token. */
record ServletService(Gateway gateway, HangUpWatch watch) implements ServletContainerInitializer {

    @Override
    public void onStartup(Set<Class<?>> classes, ServletContext context) {
        FilterRegistration.Dynamic filter = context.addFilter("tokens", new Tokens());
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        ServletRegistration.Dynamic servlet = context.addServlet(
                "claude",
                new GatewayServlet(
                        ServletMount.builder(gateway).hangUpWatch(watch).build()));
        servlet.setAsyncSupported(true);
        servlet.addMapping("/v1/*");
    }

    private static final class Tokens extends HttpFilter {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            // Clients send what they take for a key in either header.
            if (!HttpSdkContract.TOKEN.equals(request.getHeader("x-api-key"))
                    && !("Bearer " + HttpSdkContract.TOKEN).equals(request.getHeader("Authorization"))) {
                response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
                return;
            }
            request.setAttribute(ServletMount.CALLER, "anna");
            chain.doFilter(request, response);
        }
    }
}
