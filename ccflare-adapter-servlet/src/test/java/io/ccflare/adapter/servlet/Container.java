package io.ccflare.adapter.servlet;

import io.ccflare.testkit.adapter.Host;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletContainerInitializer;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;

/** The containers that the adapter is proven on, each with HTTP/1.1 and, in clear text, HTTP/2. An application is what it does at its start. */
enum Container {
    JETTY("Jetty 12.1") {
        @Override
        Host start(ServletContainerInitializer application) throws Exception {
            Server server = new Server();
            HttpConfiguration http = new HttpConfiguration();
            ServerConnector connector = new ServerConnector(
                    server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
            connector.setHost("127.0.0.1");
            server.addConnector(connector);
            ServletContextHandler context = new ServletContextHandler();
            context.addServletContainerInitializer(application);
            server.setHandler(new GracefulHandler(context));
            server.setStopTimeout(GRACE.toMillis());
            server.start();
            return running(connector.getLocalPort(), () -> {
                try {
                    server.stop();
                } catch (TimeoutException cut) {
                    // Jetty's way to say that it did not wait for all; it has stopped.
                }
            });
        }

        @Override
        HangUpWatch watch() {
            return new JettyHangUpWatch();
        }
    },

    TOMCAT("Tomcat 11.0") {
        @Override
        Host start(ServletContainerInitializer application) throws Exception {
            File base = Files.createTempDirectory("tomcat").toFile();
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(base.getPath());
            Connector connector = new Connector();
            connector.setPort(0);
            connector.setProperty("address", "127.0.0.1");
            // Otherwise its port is not closed by a graceful stop.
            connector.setProperty("bindOnInit", "false");
            // By default a connection is closed after 100 requests.
            connector.setProperty("maxKeepAliveRequests", "-1");
            connector.setAsyncTimeout(ASYNC_TIME_OUT_MILLIS);
            connector.addUpgradeProtocol(new Http2Protocol());
            tomcat.setConnector(connector);
            Context context = tomcat.addContext("", base.getPath());
            context.addServletContainerInitializer(application, null);
            tomcat.start();
            return running(connector.getLocalPort(), () -> {
                drain(connector, context);
                tomcat.stop();
                tomcat.destroy();
            });
        }

        /** As Spring Boot does it. */
        private void drain(Connector connector, Context context) throws InterruptedException {
            connector.pause();
            connector.getProtocolHandler().closeServerSocketGraceful();
            long end = System.nanoTime() + GRACE.toNanos();
            while (((StandardContext) context).getInProgressAsyncCount() > 0 && System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
        }
    },

    UNDERTOW("Undertow 2.3") {
        @Override
        Host start(ServletContainerInitializer application) throws Exception {
            DeploymentInfo info = new DeploymentInfo()
                    .setClassLoader(Container.class.getClassLoader())
                    .setContextPath("/")
                    .setDeploymentName("test")
                    .addServletContainerInitializer(new ServletContainerInitializerInfo(
                            application.getClass(), new ImmediateInstanceFactory<>(application), Set.of()));
            DeploymentManager deployment =
                    ServletContainer.Factory.newInstance().addDeployment(info);
            deployment.deploy();
            GracefulShutdownHandler graceful = new GracefulShutdownHandler(deployment.start());
            Undertow server = Undertow.builder()
                    .addHttpListener(0, "127.0.0.1")
                    .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                    // By default 2 MB, too little for a message with images, and 1 MB, too much for headers.
                    .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 100L << 20)
                    .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 64 * 1024)
                    // By default an answer is held back, flushed or not, while requests that were sent ahead wait.
                    .setServerOption(UndertowOptions.BUFFER_PIPELINED_DATA, false)
                    .setHandler(graceful)
                    .build();
            server.start();
            InetSocketAddress address =
                    (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
            return running(address.getPort(), () -> {
                graceful.shutdown();
                graceful.awaitShutdown(GRACE.toMillis());
                deployment.stop();
                server.stop();
                deployment.undeploy();
            });
        }
    };

    static final int ASYNC_TIME_OUT_MILLIS = 50;
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final String title;

    Container(String title) {
        this.title = title;
    }

    /** Starts an application at the root, on a free port. */
    abstract Host start(ServletContainerInitializer application) throws Exception;

    /** What a host there sets. */
    HangUpWatch watch() {
        return HangUpWatch.DEFAULT;
    }

    @Override
    public String toString() {
        return title;
    }

    private interface Stop {
        void run() throws Exception;
    }

    private static Host running(int port, Stop stop) {
        AtomicBoolean stopped = new AtomicBoolean();
        return new Host() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() throws Exception {
                if (stopped.compareAndSet(false, true)) {
                    stop.run();
                }
            }
        };
    }
}
