package io.ccflare.adapter.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.testkit.adapter.Host;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.servlet.spec.HttpServletRequestImpl;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xnio.conduits.ConduitStreamSourceChannel;

/** A watch that was stopped leaves the connection to Undertow, whenever that was. */
class UndertowWatchTest {

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final AtomicInteger hungUps = new AtomicInteger();

    /** What a servlet does with the watch of its request before it answers. */
    private interface Course {
        void run(HttpServerExchange exchange, UndertowConnection connection) throws Exception;
    }

    private static final class Watching extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient Course course;

        Watching(Course course) {
            this.course = course;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                course.run(
                        ((HttpServletRequestImpl) Unwrapped.of(request)).getExchange(), UndertowConnection.of(request));
            } catch (Exception e) {
                throw new IOException(e);
            }
            response.setContentLength(2);
            response.getOutputStream().print("ok");
        }
    }

    private static Host start(Course course) throws Exception {
        return Container.UNDERTOW.start((classes, context) ->
                context.addServlet("watching", new Watching(course)).addMapping("/*"));
    }

    private static Socket connect(Host host) throws IOException {
        Socket socket = new Socket("127.0.0.1", host.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void ask(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
    }

    private static void hear(Socket socket) throws IOException {
        StringBuilder heard = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (!heard.toString().endsWith("\r\n\r\nok")) {
            int next = in.read();
            assertThat(next).as("what follows " + heard).isNotNegative();
            heard.append((char) next);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until all that the thread was given before has run. */
    private static void passed(Executor thread) {
        CountDownLatch passed = new CountDownLatch(1);
        thread.execute(passed::countDown);
        await(passed);
    }

    @Test
    void a_watch_that_is_stopped_before_the_connections_thread_came_to_it_never_begins() throws Exception {
        Course course = (exchange, connection) -> {
            CountDownLatch stopped = new CountDownLatch(1);
            exchange.getIoThread().execute(() -> await(stopped));
            connection.watch(hungUps::incrementAndGet).run();
            stopped.countDown();
            passed(exchange.getIoThread());
            assertThat(source(exchange).isReadResumed()).isFalse();
        };
        try (Host host = start(course);
                Socket socket = connect(host)) {
            for (int i = 0; i < 3; i++) {
                ask(socket);
                hear(socket);
            }
        }
        assertThat(hungUps).hasValue(0);
    }

    @Test
    void a_caller_that_says_no_more_after_the_watch_was_stopped_still_gets_its_answer() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        Course course = (exchange, connection) -> {
            Runnable stop = connection.watch(hungUps::incrementAndGet);
            passed(exchange.getIoThread());
            stop.run();
            stopped.countDown();
            ConduitStreamSourceChannel source = source(exchange);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (source.isReadResumed() && hungUps.get() == 0) {
                assertThat(System.nanoTime() - end).as("until the end is seen").isNegative();
                Thread.onSpinWait();
            }
        };
        try (Host host = start(course);
                Socket socket = connect(host)) {
            ask(socket);
            await(stopped);
            socket.shutdownOutput();
            hear(socket);
        }
        assertThat(hungUps).hasValue(0);
    }

    private static ConduitStreamSourceChannel source(HttpServerExchange exchange) {
        return ((HttpServerConnection) exchange.getConnection()).getChannel().getSourceChannel();
    }
}
