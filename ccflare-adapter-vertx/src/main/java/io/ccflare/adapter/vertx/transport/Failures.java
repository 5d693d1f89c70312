package io.ccflare.adapter.vertx.transport;

import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words what Netty and Vert.x say with exceptions. */
final class Failures {

    private Failures() {}

    static TransportException of(Phase phase, Origin origin, @Nullable Throwable error) {
        return new TransportException(phase, text(phase, origin, words(error)), presentable(error) ? error : null);
    }

    static TransportException of(Phase phase, Origin origin, String words) {
        return new TransportException(phase, text(phase, origin, words), null);
    }

    private static String text(Phase phase, Origin origin, String words) {
        String what = switch (phase) {
            case CONNECT -> "no connection";
            case EXCHANGE -> "no answer";
            case BODY -> "the answer broke off";
        };
        return origin + ": " + what + ": " + words;
    }

    private static String words(@Nullable Throwable error) {
        if (find(error, UnknownHostException.class) != null) {
            return "the host name is not known";
        }
        if (find(error, SocketTimeoutException.class) != null
                || error instanceof ConnectException && lower(error).contains("timed out")) {
            return "connecting took too long";
        }
        if (find(error, NoRouteToHostException.class) != null) {
            return "no route to the host";
        }
        if (find(error, ConnectException.class) != null) {
            return lower(error).contains("refused") ? "connection refused" : "the connection could not be made";
        }
        if (find(error, SSLException.class) != null) {
            return "TLS failed: " + deepest(error);
        }
        if (error instanceof HttpClosedException) {
            return "the connection was closed";
        }
        if (error instanceof StreamResetException reset) {
            return "the stream was reset with code " + reset.getCode();
        }
        if (error == null || !presentable(error)) {
            return "what came is not HTTP that can be understood";
        }
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        return error instanceof SocketException ? "the connection failed: " + message : message;
    }

    /** What the TLS engine said, rather than what was said about it. */
    private static @Nullable String deepest(@Nullable Throwable error) {
        String message = null;
        for (Throwable t = error; t != null; t = t.getCause()) {
            message = t instanceof SSLException ? t.getMessage() : message;
        }
        return message;
    }

    /** Whether the text is not one of a parser, which may quote what the upstream sent. */
    private static boolean presentable(@Nullable Throwable error) {
        return find(error, IOException.class) != null || error instanceof VertxException;
    }

    private static String lower(Throwable error) {
        return String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    }

    private static <T extends Throwable> @Nullable T find(@Nullable Throwable error, Class<T> type) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }
}
