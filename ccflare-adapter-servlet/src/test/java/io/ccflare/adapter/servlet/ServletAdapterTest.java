package io.ccflare.adapter.servlet;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.testkit.adapter.AdapterContract;
import io.ccflare.testkit.adapter.Host;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;

/** The contract on plain Jetty. */
class ServletAdapterTest extends AdapterContract {

    @Override
    public Host start(Map<String, GatewayHandler> mounts) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new Own()), "/own");
        mounts.forEach((path, handler) -> {
            ServletMount mount = ServletMount.builder(handler)
                    .caller(request -> request.getHeader("x-user"))
                    .hangUpWatch(new JettyHangUpWatch())
                    .build();
            ServletHolder holder = new ServletHolder(new GatewayServlet(mount));
            holder.setAsyncSupported(true);
            context.addServlet(holder, path.equals("/") ? "/*" : path + "/*");
        });
        // The graceful way to stop: the handler counts what is under way, the server waits for it.
        server.setHandler(new GracefulHandler(context));
        server.setStopTimeout(3000);
        server.start();
        return new Host() {
            @Override
            public int port() {
                return connector.getLocalPort();
            }

            @Override
            public void close() throws Exception {
                try {
                    server.stop();
                } catch (TimeoutException cut) {
                    // Jetty's way to say that it did not wait for all; it has stopped.
                }
            }
        };
    }

    private static final class Own extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().print("own");
        }
    }
}
