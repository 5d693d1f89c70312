package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** An nginx with a configuration of ours, in the foreground, with one worker, on a free port of loopback. */
final class Nginx implements AutoCloseable {

    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 20_000_000;

    private static final String FRAME = """
            daemon off;
            ${user}
            worker_processes 1;
            worker_rlimit_nofile 16384;
            pid ${folder}/nginx.pid;
            error_log stderr error;
            events { worker_connections 16000; }
            http {
              access_log off;
              client_body_temp_path ${folder}/body;
              proxy_temp_path ${folder}/proxy;
              fastcgi_temp_path ${folder}/fastcgi;
              uwsgi_temp_path ${folder}/uwsgi;
              scgi_temp_path ${folder}/scgi;
              client_body_buffer_size 2m;
              client_max_body_size 64m;
              keepalive_requests 1000000000;
              keepalive_timeout 1h;
              tcp_nodelay on;
            ${http}
            }
            """;

    private static final String PROXY = """
              upstream origin {
                server ${origin};
                keepalive 1024;
                keepalive_requests 1000000000;
                keepalive_timeout 1h;
              }
              server {
                listen 127.0.0.1:${port} backlog=4096;
                location / {
                  proxy_pass http://origin;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                  proxy_request_buffering off;
                }
              }
            """;

    /** Reads a large body whole before it answers, as a provider does; a small one is here already. */
    private static final String ORIGIN = """
              map $content_length $whole { default 1; "~^[0-9]{1,4}$" 0; }
              server {
                listen 127.0.0.1:${port} backlog=4096;
                default_type application/json;
            ${headers}
                location / {
                  if ($whole) { rewrite ^ /whole last; }
                  return 200 '${answer}';
                }
                location = /whole {
                  internal;
                  proxy_pass http://unix:${folder}/answer.sock:/;
                  proxy_pass_request_body off;
                  proxy_set_header Content-Length "";
                }
              }
              server {
                listen unix:${folder}/answer.sock;
                default_type application/json;
                location / { return 200 '${answer}'; }
              }
            """;

    private final Child child;
    private final URI uri;

    private Nginx(Child child, URI uri) {
        this.child = child;
        this.uri = uri;
    }

    /** Passes everything on, with no buffering and connections that stay. */
    static Nginx proxy(Path folder, URI origin, UnaryOperator<List<String>> pin) throws IOException {
        return start("nginx", folder, PROXY.replace("${origin}", origin.getAuthority()), pin);
    }

    /** Answers everything with the same JSON. */
    static Nginx origin(Path folder, UnaryOperator<List<String>> pin) throws IOException {
        String http =
                ORIGIN.replace("${headers}", StaticAnswer.headerDirectives()).replace("${answer}", StaticAnswer.JSON);
        return start("origin", folder, http, pin);
    }

    private static Nginx start(String name, Path folder, String http, UnaryOperator<List<String>> pin)
            throws IOException {
        int port = freePort();
        Path own = Files.createDirectory(folder.resolve(name + "-" + port));
        boolean root = System.getProperty("user.name").equals("root");
        Path file = Files.writeString(
                own.resolve("nginx.conf"),
                FRAME.replace("${http}", http)
                        .replace("${user}", root ? "user root;" : "")
                        .replace("${folder}", own.toString())
                        .replace("${port}", Integer.toString(port)));
        List<String> nginx =
                List.of(String.valueOf(Machine.program("nginx")), "-p", own.toString(), "-c", file.toString());
        Child child = Child.start(name, pin.apply(nginx), false);
        try {
            awaitListening(child, port);
        } catch (IOException e) {
            child.close();
            throw e;
        }
        return new Nginx(child, URI.create("http://127.0.0.1:" + port));
    }

    URI uri() {
        return uri;
    }

    Child child() {
        return child;
    }

    /** Somebody else may take it before nginx does; then nginx says so and the run ends. */
    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static void awaitListening(Child child, int port) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (child.process().isAlive() && System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException notYet) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        throw new IOException(child.name() + " does not listen; what it wrote on standard error says why");
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
