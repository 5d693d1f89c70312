package io.ccflare.adapter.servlet;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.servlet.spec.HttpServletRequestImpl;
import io.undertow.util.AttachmentKey;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * What the Servlet API cannot do on Undertow 2.3: cut a connection (over HTTP/2 a stream), learn that one has ended, and notice a
 * hang-up while nothing is written. Uses Undertow's public classes, present only there: ask {@link Unwrapped} before this class is touched.
 */
final class UndertowConnection {

    private static final AttachmentKey<UndertowConnection> KEY = AttachmentKey.create(UndertowConnection.class);

    private final HttpServerExchange exchange;
    private volatile @Nullable StreamSinkConduit sink;

    private UndertowConnection(HttpServerExchange exchange) {
        this.exchange = exchange;
        exchange.addResponseWrapper((factory, ignored) -> {
            StreamSinkConduit created = factory.create();
            sink = created;
            return created;
        });
    }

    /** The same one for every call with a request; the first must come before anything is written. */
    static UndertowConnection of(HttpServletRequest request) {
        HttpServerExchange exchange = ((HttpServletRequestImpl) Unwrapped.of(request)).getExchange();
        UndertowConnection connection = exchange.getAttachment(KEY);
        if (connection == null) {
            connection = new UndertowConnection(exchange);
            exchange.putAttachment(KEY, connection);
        }
        return connection;
    }

    /** Ends the request too. On the connection's own thread, where Undertow does not log what it finds closed. */
    void cut(AsyncContext async) {
        exchange.getIoThread().execute(() -> {
            StreamSinkConduit begun = sink;
            try {
                if (begun != null) {
                    begun.truncateWrites();
                } else {
                    IoUtils.safeClose(exchange.getConnection());
                }
            } catch (IOException closed) {
                IoUtils.safeClose(exchange.getConnection());
            } finally {
                async.complete();
            }
        });
    }

    /** Undertow tells no listener of the Servlet API when a connection is closed under a response that waits. */
    void whenOver(Runnable over) {
        exchange.addExchangeCompleteListener((ended, next) -> {
            try {
                over.run();
            } finally {
                next.proceed();
            }
        });
    }

    /** As {@link HangUpWatch#watch}; HTTP/1 in clear text only: over TLS Undertow does not read and write at the same time. */
    Runnable watch(Runnable hungUp) {
        ServerConnection connection = exchange.getConnection();
        if (!(connection instanceof HttpServerConnection http) || connection.getSslSession() != null) {
            return () -> {};
        }
        Watch watch = new Watch(http, hungUp);
        exchange.getIoThread().execute(watch::begin);
        return watch::stop;
    }

    /** Reads on, on the connection's own thread, until the response ends: then Undertow's reader takes its place again. */
    private static final class Watch {

        private final HttpServerConnection connection;
        private final ConduitStreamSourceChannel source;
        private final Runnable hungUp;
        private boolean over;

        Watch(HttpServerConnection connection, Runnable hungUp) {
            this.connection = connection;
            this.source = connection.getChannel().getSourceChannel();
            this.hungUp = hungUp;
        }

        synchronized void begin() {
            // What was sent ahead waits in Undertow: an end of the stream behind it is not seen.
            if (!over && connection.getExtraBytes() == null) {
                // Below what ended with the body of the request.
                source.setConduit(connection.getOriginalSourceConduit());
                source.setReadListener(channel -> readable());
                source.resumeReads();
            }
        }

        synchronized void stop() {
            over = true;
        }

        private void readable() {
            if (gone()) {
                IoUtils.safeClose(connection);
                hungUp.run();
            }
        }

        private synchronized boolean gone() {
            if (over) {
                source.suspendReads();
                return false;
            }
            PooledByteBuffer bytes = connection.getByteBufferPool().allocate();
            boolean kept = false;
            try {
                int count = connection.getOriginalSourceConduit().read(bytes.getBuffer());
                over = count != 0;
                if (count > 0) {
                    bytes.getBuffer().flip();
                    connection.setExtraBytes(bytes);
                    kept = true;
                    source.suspendReads();
                }
                return count < 0;
            } catch (IOException reset) {
                over = true;
                return true;
            } finally {
                if (!kept) {
                    bytes.close();
                }
            }
        }
    }
}
