package io.ccflare.testkit.adapter;

import io.ccflare.testkit.Waits;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A caller that sees each byte of a connection. Reads give up after ten seconds. */
final class RawClient implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    /** Some hosts end the connection after an error, and say so. */
    private static final Pattern LAST_ERROR = Pattern.compile("(?is)HTTP/1\\.1 [45].*\r\nconnection: *close\r\n.*");

    private final int port;
    private final int receiveBuffer;
    private Socket socket;
    private InputStream in;

    private String lastHead = "";

    private RawClient(int port, int receiveBuffer) throws IOException {
        this.port = port;
        this.receiveBuffer = receiveBuffer;
        connect();
    }

    private void connect() throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(Waits.SECONDS * 1000);
        socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        in = new BufferedInputStream(socket.getInputStream());
    }

    static RawClient to(Host host) throws IOException {
        return to(host.port());
    }

    static RawClient to(int port) throws IOException {
        return new RawClient(port, 0);
    }

    /** One whose reads give up after half a second. */
    static RawClient hastyTo(int port) throws IOException {
        RawClient client = to(port);
        client.socket.setSoTimeout(500);
        return client;
    }

    /** One whose system takes in little that it has not read. */
    static RawClient slowTo(Host host) throws IOException {
        return new RawClient(host.port(), 64 * 1024);
    }

    /** Lines of a request, each ended with CR LF; on a new connection where the host has announced the end of this one after an error. */
    RawClient send(String... lines) throws IOException {
        if (LAST_ERROR.matcher(lastHead).matches()) {
            lastHead = "";
            socket.close();
            connect();
        }
        return write(String.join("\r\n", lines) + "\r\n");
    }

    RawClient get(String target) throws IOException {
        return send("GET " + target + " HTTP/1.1", "Host: test", "");
    }

    RawClient write(String text) throws IOException {
        return write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawClient write(byte[] bytes, int from, int count) throws IOException {
        socket.getOutputStream().write(bytes, from, count);
        return this;
    }

    /** Status line and headers with the empty line after them. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            head.append((char) byteOrFail());
        }
        lastHead = head.toString();
        return lastHead;
    }

    /** The data of one chunk; empty for the last. The line end after the data may come late: some hosts send it with the next chunk. */
    String chunk() throws IOException {
        String size = line();
        int length = Integer.parseInt(size.isEmpty() ? line() : size, 16);
        byte[] data = in.readNBytes(length);
        if (length == 0) {
            line();
        }
        return new String(data, StandardCharsets.UTF_8);
    }

    /** Chunks to the last one, as one text. */
    String chunks() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
            text.append(chunk);
        }
        return text.toString();
    }

    /** Head and body of an answer, of which the body is returned: a host knows the length of one that ends early enough. */
    String bodyOfAnswer() throws IOException {
        head();
        return lastBody();
    }

    /** The body of the answer whose head was read last. */
    String lastBody() throws IOException {
        Matcher length = LENGTH.matcher(lastHead);
        return length.find() ? exactly(Integer.parseInt(length.group(1))) : chunks();
    }

    /** Chunk data up to so many characters, whatever the chunks. */
    String chunksOf(int length) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(chunk());
        }
        return text.toString();
    }

    String exactly(int count) throws IOException {
        return new String(in.readNBytes(count), StandardCharsets.UTF_8);
    }

    /** What comes until the connection ends, by its close or by a reset. */
    String rest() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                bytes.write(b);
            }
        } catch (SocketException reset) {
            bytes.writeBytes("<reset>".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** What comes until the connection is closed. */
    byte[] restBytes() throws IOException {
        return in.readAllBytes();
    }

    /** Reads and forgets; returns how many bytes there were. */
    long drain() throws IOException {
        long count = 0;
        byte[] buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            count += n;
        }
        return count;
    }

    void endSending() throws IOException {
        socket.shutdownOutput();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = byteOrFail(); b != '\n'; b = byteOrFail()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private int byteOrFail() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the connection ended");
        }
        return b;
    }

    /** Hangs up with a reset, at once, whatever is still on its way. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
