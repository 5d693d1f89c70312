package io.ccflare.adapter.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.ErrorResponse;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/embedding.md shows for each container, run. */
class EmbeddingTest {

    private final int port = 0;
    private final GatewayServlet servlet = new GatewayServlet(
            request -> CompletableFuture.completedFuture(ErrorResponse.json().of(200, "here")));

    private static void answersOn(int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v1/models"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body())
                .contains("here");
    }

    @Test
    void jettyServesTheGateway() throws Exception {
        Server server = new Server(port);
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(holder, "/v1/*");
        server.setHandler(context);
        server.start();
        try {
            answersOn(((ServerConnector) server.getConnectors()[0]).getLocalPort());
        } finally {
            server.stop();
        }
    }

    @Test
    void tomcatServesTheGateway(@TempDir Path base) throws Exception {
        String directory = base.toString();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory);
        tomcat.setPort(port);
        Context context = tomcat.addContext("", directory);
        Wrapper wrapper = Tomcat.addServlet(context, "gateway", servlet);
        wrapper.setAsyncSupported(true);
        wrapper.addMapping("/v1/*");
        tomcat.getConnector();
        tomcat.start();
        try {
            answersOn(tomcat.getConnector().getLocalPort());
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    @Test
    void undertowServesTheGateway() throws Exception {
        DeploymentManager deployment = Servlets.defaultContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(GatewayServlet.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("gateway")
                        .addServlet(Servlets.servlet(
                                        "gateway", GatewayServlet.class, new ImmediateInstanceFactory<>(servlet))
                                .setAsyncSupported(true)
                                .addMapping("/v1/*")));
        deployment.deploy();
        Undertow undertow = Undertow.builder()
                .addHttpListener(port, "localhost")
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 100L << 20)
                .setServerOption(UndertowOptions.BUFFER_PIPELINED_DATA, false)
                .setHandler(deployment.start())
                .build();
        undertow.start();
        try {
            answersOn(((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort());
        } finally {
            undertow.stop();
            deployment.stop();
        }
    }
}
