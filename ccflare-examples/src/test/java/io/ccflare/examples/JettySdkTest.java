package io.ccflare.examples;

import io.ccflare.adapter.servlet.GatewayServlet;
import io.ccflare.adapter.servlet.JettyHangUpWatch;
import io.ccflare.adapter.servlet.ServletMount;
import io.ccflare.core.Gateway;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The SDK over the servlet adapter, on plain Jetty, behind a filter. */
class JettySdkTest extends HttpSdkContract {

    @Override
    Service serve(Gateway gateway) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        FilterHolder filter = new FilterHolder(new Tokens());
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder servlet = new ServletHolder(new GatewayServlet(ServletMount.builder(gateway)
                .hangUpWatch(new JettyHangUpWatch())
                .build()));
        servlet.setAsyncSupported(true);
        context.addServlet(servlet, "/v1/*");
        server.setHandler(context);
        server.start();
        return service("http://127.0.0.1:" + connector.getLocalPort(), server::stop);
    }

    private static final class Tokens extends HttpFilter {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            // Clients send what they take for a key in either header.
            if (!TOKEN.equals(request.getHeader("x-api-key"))
                    && !("Bearer " + TOKEN).equals(request.getHeader("Authorization"))) {
                response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
                return;
            }
            request.setAttribute(ServletMount.CALLER, "anna");
            chain.doFilter(request, response);
        }
    }
}
