package io.ccflare.testkit.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ccflare.testkit.Waits;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The far end of one connection, played by the test: reads and writes what it says. Text is ISO 8859-1. For one thread at a time, but
 * that writing and reading may go on at once.
 *
 * <p>A read that nothing comes for gives up after ten seconds with a {@link SocketTimeoutException}; one that the connection ends before
 * throws an {@link EOFException}.
 *
 * @since 1.0
 */
public final class Link implements AutoCloseable {

    /** The head of an answer whose body comes in chunks. */
    public static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    final Socket socket;
    private final InputStream in;

    Link(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(Waits.SECONDS * 1000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The next request with its body. */
    public Received request() throws IOException {
        Received head = head();
        return new Received(head.line(), head.fields(), bodyOf(head));
    }

    /** The head of the next request. */
    public Received head() throws IOException {
        return headAfter(line());
    }

    /** The head of the next request, or null if the connection ends instead. */
    @Nullable
    Received headOrEnd() throws IOException {
        String line;
        try {
            line = line();
        } catch (EOFException | SocketException | SSLException gone) {
            return null;
        }
        return headAfter(line);
    }

    private Received headAfter(String line) throws IOException {
        List<String> fields = new ArrayList<>();
        for (String field = line(); !field.isEmpty(); field = line()) {
            fields.add(field);
        }
        return new Received(line, fields, new byte[0]);
    }

    byte[] bodyOf(Received head) throws IOException {
        if (!head.all("transfer-encoding").isEmpty()) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
                body.writeBytes(chunk);
            }
            return body.toByteArray();
        }
        List<String> length = head.all("content-length");
        return length.isEmpty() ? new byte[0] : exactly(Integer.parseInt(length.get(0)));
    }

    byte[] chunk() throws IOException {
        byte[] data = exactly(Integer.parseInt(line(), 16));
        line();
        return data;
    }

    /** So many bytes, as they are. */
    public byte[] exactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    /** @return this */
    public Link write(String text) throws IOException {
        return write(text.getBytes(ISO_8859_1));
    }

    /** @return this */
    public Link write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Writes a whole answer of known length. @return this */
    public Link ok(String body) throws IOException {
        return write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Writes one chunk. @return this */
    public Link chunk(String text) throws IOException {
        return write(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    /** Ends the way down; what comes up is still read. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /**
     * Waits for the end of the connection, of whatever kind, and returns what came before it, with {@code <reset>} after it if it did not
     * end as it should.
     *
     * @throws AssertionError if the other side sends nothing for ten seconds and does not end it
     */
    public String untilEnd() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                bytes.write(b);
            }
        } catch (SocketTimeoutException late) {
            throw new AssertionError("waited " + Waits.SECONDS + " s in vain for the other side to close", late);
        } catch (SocketException | SSLException reset) {
            bytes.writeBytes("<reset>".getBytes(ISO_8859_1));
        }
        return bytes.toString(ISO_8859_1);
    }

    /** Ends the connection with RST. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Ends the connection with FIN. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
