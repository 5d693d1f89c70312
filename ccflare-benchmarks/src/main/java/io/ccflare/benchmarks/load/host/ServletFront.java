package io.ccflare.benchmarks.load.host;

import io.ccflare.adapter.servlet.GatewayServlet;
import io.ccflare.api.http.GatewayHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The gateway's servlet in Jetty 12. */
final class ServletFront implements Front {

    private final Server server = new Server(Jetty.threads());
    private final ServerConnector connector = Jetty.connector(server, new HttpConfiguration());

    private ServletFront() {}

    static ServletFront gateway(GatewayHandler handler) {
        ServletFront front = new ServletFront();
        ServletHolder holder = new ServletHolder(new GatewayServlet(handler));
        holder.setAsyncSupported(true);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(holder, "/v1/*");
        front.server.addConnector(front.connector);
        front.server.setHandler(context);
        try {
            front.server.start();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty does not start", e);
        }
        return front;
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty does not stop", e);
        }
    }
}
