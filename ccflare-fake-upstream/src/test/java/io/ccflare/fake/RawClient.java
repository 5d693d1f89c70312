package io.ccflare.fake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A client that shows what is on the wire, resets included. */
final class RawClient implements AutoCloseable {
    static final String PROMPT = "\"messages\":[{\"role\":\"user\",\"content\":\"How is the weather?\"}]";
    static final String BODY = "{\"model\":\"claude-sonnet-5-5\",\"max_tokens\":64," + PROMPT + "}";
    static final String STREAM = "{\"model\":\"claude-sonnet-5-5\",\"max_tokens\":64,\"stream\":true," + PROMPT + "}";

    private final Socket socket;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
        socket.setSoTimeout(20_000);
    }

    /** Everything until the end of the connection, and whether that was a reset. */
    record Received(byte[] bytes, boolean reset) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        String head() {
            return text().substring(0, text().indexOf("\r\n\r\n"));
        }

        int status() {
            return Integer.parseInt(text().split(" ", 3)[1]);
        }

        List<String> header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ": ";
            return head().lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()))
                    .toList();
        }

        /** The bytes behind the head, chunk framing included. */
        String tail() {
            return text().substring(text().indexOf("\r\n\r\n") + 4);
        }

        /** The names of the events, in order. */
        List<String> events() {
            return tail().lines()
                    .filter(line -> line.startsWith("event: "))
                    .map(line -> line.substring("event: ".length()))
                    .toList();
        }

        boolean endsWithLastChunk() {
            return text().endsWith("\r\n0\r\n\r\n");
        }

        /** The body behind the head with its chunks joined, as far as it goes. */
        byte[] unchunked() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int at = indexOf(bytes, 0, "\r\n\r\n") + 4;
            while (at < bytes.length) {
                int line = indexOf(bytes, at, "\r\n");
                int size = Integer.parseInt(new String(bytes, at, line - at, StandardCharsets.US_ASCII), 16);
                if (size == 0) {
                    break;
                }
                out.write(bytes, line + 2, size);
                at = line + 2 + size + 2;
            }
            return out.toByteArray();
        }

        private static int indexOf(byte[] all, int from, String mark) {
            return from
                    + new String(Arrays.copyOfRange(all, from, all.length), StandardCharsets.ISO_8859_1).indexOf(mark);
        }
    }

    static String post(String path, String key, String body, String... headers) {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return "POST " + path + " HTTP/1.1\r\nHost: api.example\r\nx-api-key: " + key + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n" + more + "\r\n" + body;
    }

    /** One exchange on a connection of its own; the server closes it. */
    static Received exchange(FakeUpstream fake, String request) throws IOException {
        try (RawClient client = new RawClient(fake.port())) {
            client.send(request);
            return client.rest();
        }
    }

    static Received message(FakeUpstream fake, String key, String body) throws IOException {
        return exchange(fake, post("/v1/messages", key, body, "Connection: close"));
    }

    static Received get(FakeUpstream fake, String key, String path) throws IOException {
        return exchange(
                fake,
                "GET " + path + " HTTP/1.1\r\nHost: api.example\r\nx-api-key: " + key
                        + "\r\nConnection: close\r\n\r\n");
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Reads until the text has come. */
    String until(String mark) throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        while (!seen.toString(StandardCharsets.UTF_8).endsWith(mark)) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new IOException("The connection ended before: " + mark);
            }
            seen.write(b);
        }
        return seen.toString(StandardCharsets.UTF_8);
    }

    Received rest() throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                seen.write(buffer, 0, n);
            }
            return new Received(seen.toByteArray(), false);
        } catch (SocketException e) {
            return new Received(seen.toByteArray(), true);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
