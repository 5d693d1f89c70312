package io.ccflare.testkit.transport;

import io.ccflare.testkit.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * A listener on the loopback interface whose connections a test plays by hand, or by a script on a thread each. Thread-safe. Opens on
 * a port that the system chooses; closing it ends every connection.
 *
 * @since 1.0
 */
public final class FarEnd implements AutoCloseable {

    /** What happens on one connection. */
    @FunctionalInterface
    public interface Script {

        /** Runs on a thread of its own. The connection stays open when it returns; an {@link IOException} ends it in silence. */
        void run(Link link) throws Exception;
    }

    /** The name of the threads that play scripts. */
    static final String THREAD = "far-end";

    /** What is done to one request. */
    @FunctionalInterface
    public interface Answer {

        /** Runs on the connection's thread; an {@link IOException} ends it in silence. */
        void to(Received request, Link link) throws Exception;
    }

    private final ServerSocket listener;
    private final String scheme;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicReference<@Nullable AssertionError> failure = new AtomicReference<>();

    private FarEnd(ServerSocket listener, String scheme) throws IOException {
        this.listener = listener;
        this.scheme = scheme;
        listener.setSoTimeout(Waits.SECONDS * 1000);
    }

    /** One that speaks plain HTTP. */
    public static FarEnd open() throws IOException {
        return new FarEnd(new ServerSocket(0, 1000, loopback()), "http");
    }

    /** One that speaks TLS, and offers the protocols named (ALPN). */
    static FarEnd open(SSLContext context, String... protocols) throws IOException {
        SSLServerSocket listener =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1000, loopback());
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        listener.setSSLParameters(parameters);
        return new FarEnd(listener, "https");
    }

    static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Scheme, address and port. */
    public URI origin() {
        return origin(scheme);
    }

    /** The same with another scheme: {@code https} on a plain listener lets a test see the bytes of a handshake. */
    public URI origin(String scheme) {
        return URI.create(scheme + "://127.0.0.1:" + port());
    }

    /**
     * The next connection, for a listener that plays no script.
     *
     * @throws java.net.SocketTimeoutException if none comes within ten seconds
     */
    public Link accept() throws IOException {
        Socket socket = listener.accept();
        sockets.add(socket);
        accepted.incrementAndGet();
        return new Link(socket);
    }

    /** From now on connections are accepted and played on threads of their own. @return this */
    public FarEnd serve(Script script) throws IOException {
        listener.setSoTimeout(0);
        start(() -> {
            while (!listener.isClosed()) {
                Link link = accept();
                start(() -> script.run(link));
            }
        });
        return this;
    }

    /** From now on each request is answered, on whatever connection it comes. @return this */
    public FarEnd answer(Answer answer) throws IOException {
        return serve(link -> {
            for (Received head = link.headOrEnd(); head != null; head = link.headOrEnd()) {
                answer.to(new Received(head.line(), head.fields(), link.bodyOf(head)), link);
            }
        });
    }

    /** How many connections there were so far. */
    public int accepted() {
        return accepted.get();
    }

    private void start(Step step) {
        Thread thread = new Thread(() -> run(step), THREAD);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            // The connection or the listener is gone.
        } catch (AssertionError e) {
            failure.compareAndSet(null, e);
        } catch (Exception e) {
            failure.compareAndSet(null, new AssertionError("the script failed", e));
        }
    }

    /**
     * Ends every connection.
     *
     * @throws AssertionError what a script complained of first, or with what other than an {@link IOException} it failed
     */
    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        AssertionError complaint = failure.get();
        if (complaint != null) {
            throw complaint;
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }
}
