package io.ccflare.examples;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One HTTP/1.1 exchange on a socket of its own, read so closely that a broken end is told from a clean one. */
final class RawHttp implements AutoCloseable {

    /** How a response ended. */
    enum End {
        /** As its framing says. */
        WHOLE,
        /** The connection was closed or reset before. */
        CUT,
        /** Nothing came for a long time. */
        HANGING
    }

    /** @param status 0 when no response began */
    record Response(int status, Map<String, String> headers, byte[] body, End end) {

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static Response exchange(int port, byte[] request) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            http.send(request);
            return http.read();
        }
    }

    /** A request whose body has its right length, with the token of the rig's user. */
    static byte[] request(String method, String target, String body, String... headerLines) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n"
                + "x-api-key: " + Rig.TOKEN + "\r\ncontent-type: application/json\r\ncontent-length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
        for (String line : headerLines) {
            head.append(line).append("\r\n");
        }
        return (head + "\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] message(boolean stream) {
        return request("POST", "/v1/messages", body(stream));
    }

    static String body(boolean stream) {
        return "{\"model\":\"claude-opus-4-8\",\"max_tokens\":64," + (stream ? "\"stream\":true," : "")
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** No more will be sent. */
    void endSending() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads at most so many bytes of whatever comes; fewer at the end. */
    int readSome(int most) throws IOException {
        return in.readNBytes(most).length;
    }

    /** Reads a response as far as it goes. */
    Response read() {
        int status = 0;
        Map<String, String> headers = new LinkedHashMap<>();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        End end;
        try {
            status = Integer.parseInt(line().split(" ")[1]);
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            body(headers, body);
            end = End.WHOLE;
        } catch (SocketTimeoutException e) {
            end = End.HANGING;
        } catch (IOException e) {
            end = End.CUT;
        }
        return new Response(status, headers, body.toByteArray(), end);
    }

    private void body(Map<String, String> headers, ByteArrayOutputStream body) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            for (int size = chunk(); size > 0; size = chunk()) {
                copy(size, body);
                line();
            }
            line();
        } else if (headers.containsKey("content-length")) {
            copy(Integer.parseInt(headers.get("content-length")), body);
        } else {
            in.transferTo(body);
        }
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private void copy(int count, ByteArrayOutputStream to) throws IOException {
        for (int i = 0; i < count; i++) {
            to.write(next());
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = next(); b != '\n'; b = next()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    private int next() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the connection was closed");
        }
        return b;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
