package io.ccflare.adapter.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.testkit.adapter.Host;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * What each container does with a response that breaks off after its first bytes, by each way that the Servlet API has to end one,
 * compared with the table in {@code docs/embedding.md}. {@code -Dccflare.cuts.write=true} writes what was seen into the page instead.
 */
class BrokenStreamTest {

    private static final Path PAGE = Path.of("..", "docs", "embedding.md");
    private static final String BEGIN = "<!-- cuts: begin -->\n";
    private static final String END = "<!-- cuts: end -->";

    private static final String CUT = "cut";
    private static final String CLEAN = "**clean**";
    private static final String OPEN = "**open**";

    /** How the body is framed. */
    private enum Framing {
        CHUNKED("chunks"),
        LENGTH("`Content-Length`"),
        HTTP_2("HTTP/2");

        private final String title;

        Framing(String title) {
            this.title = title;
        }
    }

    @Test
    void the_page_says_what_was_seen() throws Exception {
        String page = Files.readString(PAGE);
        String seen = table();
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("ccflare.cuts.write")) {
            Files.writeString(PAGE, page.substring(0, begin) + seen + page.substring(end));
        } else {
            assertThat(seen).isEqualTo(page.substring(begin, end));
        }
    }

    private static String table() throws Exception {
        StringBuilder table = new StringBuilder("\n| body | way to end it |");
        for (Container container : Container.values()) {
            table.append(' ').append(container).append(" |");
        }
        table.append("\n|---|---|---|---|---|\n");
        for (Framing framing : Framing.values()) {
            for (WayToEnd way : WayToEnd.values()) {
                row(
                        table,
                        framing,
                        way.toString(),
                        (container, broken) -> container.start((classes, context) ->
                                register(context, new WayToEnd.Ending(way, framing == Framing.LENGTH, broken))));
            }
            row(
                    table,
                    framing,
                    "**this adapter**",
                    (container, broken) -> container.start(
                            (classes, context) -> register(context, adapter(framing == Framing.LENGTH, broken))));
        }
        return table.append('\n').toString();
    }

    private interface Start {
        /** @param broken waited for before the response breaks off */
        Host on(Container container, CountDownLatch broken) throws Exception;
    }

    private static void row(StringBuilder table, Framing framing, String way, Start start) throws Exception {
        table.append("| ").append(framing.title).append(" | ").append(way).append(" |");
        for (Container container : Container.values()) {
            CountDownLatch broken = new CountDownLatch(1);
            try (Host host = start.on(container, broken)) {
                table.append(' ')
                        .append(framing == Framing.HTTP_2 ? overHttp2(host, broken) : overHttp1(host, broken))
                        .append(" |");
            }
        }
        table.append('\n');
    }

    private static void register(ServletContext context, HttpServlet servlet) {
        ServletRegistration.Dynamic registration = context.addServlet("it", servlet);
        registration.setAsyncSupported(true);
        registration.addMapping("/*");
    }

    private static GatewayServlet adapter(boolean length, CountDownLatch broken) {
        Headers headers = length ? Headers.of("Content-Length", "10") : Headers.of("Content-Type", "text/event-stream");
        return new GatewayServlet(request ->
                CompletableFuture.completedFuture(GatewayResponse.of(200, headers, new HalfBody(broken), () -> {})));
    }

    private static String overHttp1(Host host, CountDownLatch broken) throws IOException {
        StringBuilder answer = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), host.port())) {
            // Long enough for what is to come at once; a container that ends nothing would let us wait for ever.
            socket.setSoTimeout(3_000);
            socket.getOutputStream().write("GET /a HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                answer.append((char) b);
                if (answer.indexOf(WayToEnd.HALF) >= 0) {
                    broken.countDown();
                }
                if (answer.indexOf("\r\n0\r\n\r\n") >= 0) {
                    return CLEAN;
                }
            }
            return CUT;
        } catch (SocketException reset) {
            return CUT;
        } catch (SocketTimeoutException late) {
            return OPEN;
        }
    }

    private static String overHttp2(Host host, CountDownLatch broken) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + host.port() + "/a"))
                .version(HttpClient.Version.HTTP_2)
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            HttpResponse<InputStream> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            InputStream in = response.body();
            in.readNBytes(WayToEnd.HALF.length());
            broken.countDown();
            return CompletableFuture.supplyAsync(() -> end(in)).get(3, TimeUnit.SECONDS);
        } catch (IOException reset) {
            return CUT;
        } catch (TimeoutException late) {
            return OPEN;
        }
    }

    static String end(InputStream in) {
        try {
            return in.read() < 0 ? CLEAN : CUT;
        } catch (IOException reset) {
            return CUT;
        }
    }
}
