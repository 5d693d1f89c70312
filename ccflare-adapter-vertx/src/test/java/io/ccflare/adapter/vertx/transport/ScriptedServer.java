package io.ccflare.adapter.vertx.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A loopback server that does to each connection exactly what a test says. */
final class ScriptedServer implements AutoCloseable {

    interface Script {
        void run(Connection connection) throws Exception;
    }

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::accept, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    URI origin() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    int accepted() {
        return accepted.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                accepted.incrementAndGet();
                Thread thread = new Thread(() -> serve(socket), "scripted-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.run(new Connection(socket));
        } catch (Throwable e) {
            failure.complete(e);
        } finally {
            sockets.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** A request as it stood on the wire. */
    record Received(String line, List<String> headers, byte[] body) {
        List<String> named(String name) {
            return headers.stream()
                    .filter(h -> h.toLowerCase().startsWith(name.toLowerCase() + ":"))
                    .map(h -> h.substring(name.length() + 1).trim())
                    .toList();
        }
    }

    static final class Connection {

        final Socket socket;
        private final InputStream in;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        /** The next request, or null when the client has closed. */
        Received read() throws IOException {
            Received head = readHead();
            if (head == null) {
                return null;
            }
            byte[] body = new byte[0];
            if (!head.named("content-length").isEmpty()) {
                body = in.readNBytes(
                        Integer.parseInt(head.named("content-length").get(0)));
            } else if (!head.named("transfer-encoding").isEmpty()) {
                body = readChunks();
            }
            return new Received(head.line(), head.headers(), body);
        }

        Received readHead() throws IOException {
            String line = line();
            if (line == null) {
                return null;
            }
            List<String> headers = new ArrayList<>();
            for (String header = line(); header != null && !header.isEmpty(); header = line()) {
                headers.add(header);
            }
            return new Received(line, headers, new byte[0]);
        }

        private byte[] readChunks() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                int size = Integer.parseInt(line(), 16);
                body.write(in.readNBytes(size));
                line();
                if (size == 0) {
                    return body.toByteArray();
                }
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    return null;
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
        }

        void chunk(String text) throws IOException {
            write(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
        }

        /** Closes with RST rather than FIN. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Blocks until the client has closed its side, however it did. */
        void awaitClosedByClient() {
            try {
                while (in.read() >= 0) {
                    Thread.onSpinWait();
                }
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }
}
