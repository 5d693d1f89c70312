package io.ccflare.benchmarks.load.host;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty as all its hosts have it here: for one core, on a free port of loopback. */
final class Jetty {

    /** One accepts, one selects, the others work. */
    private static final int THREADS = 8;

    /** Jetty's default of 50 makes the kernel drop connections when thousands come within seconds; each then waits a second or more. */
    private static final int ACCEPT_QUEUE = 1024;

    private Jetty() {}

    static QueuedThreadPool threads() {
        return new QueuedThreadPool(THREADS, THREADS);
    }

    static ServerConnector connector(Server server, HttpConfiguration http) {
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        return connector;
    }
}
