package io.ccflare.examples;

import io.ccflare.adapter.servlet.JettyHangUpWatch;
import io.ccflare.core.Gateway;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
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
        context.addServletContainerInitializer(new ServletService(gateway, new JettyHangUpWatch()));
        server.setHandler(context);
        server.start();
        return service("http://127.0.0.1:" + connector.getLocalPort(), server::stop);
    }
}
