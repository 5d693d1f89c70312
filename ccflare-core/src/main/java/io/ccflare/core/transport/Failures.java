package io.ccflare.core.transport;

import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Says in words, and as a phase, what the JDK's client says with two dozen exceptions. */
final class Failures {

    private Failures() {}

    /**
     * A call that ended before its status came.
     *
     * @param nothingSent whether it is known that no byte of the request can have left
     */
    static TransportException beforeStatus(String peer, Throwable thrown, boolean nothingSent) {
        Throwable error = unwrap(thrown);
        Phase phase = nothingSent || isConnecting(error) ? Phase.CONNECT : Phase.EXCHANGE;
        String what = phase == Phase.CONNECT ? "no connection" : "no answer";
        return new TransportException(phase, peer + ": " + what + ": " + words(error), presentable(error));
    }

    /** A body that broke off. */
    static TransportException inBody(String peer, Throwable thrown) {
        Throwable error = unwrap(thrown);
        return new TransportException(Phase.BODY, peer + ": the answer broke off: " + words(error), presentable(error));
    }

    /** Whether the client is dead and must be replaced: its selector thread ended on an error. */
    static boolean isDeadClient(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            String message = t.getMessage();
            if (message != null && message.contains("selector manager closed")) {
                return true;
            }
        }
        return false;
    }

    /** Whether what came could not be read as HTTP. The JDK then neither closes the connection nor forgets it. */
    static boolean isNotHttp(Throwable error) {
        return has(error, ProtocolException.class);
    }

    private static boolean isConnecting(Throwable error) {
        return has(error, ConnectException.class)
                || has(error, HttpConnectTimeoutException.class)
                || has(error, NoRouteToHostException.class)
                || has(error, UnresolvedAddressException.class)
                || has(error, UnknownHostException.class)
                || has(error, SSLHandshakeException.class)
                || has(error, SSLPeerUnverifiedException.class)
                || mentions(error, "Tunnel failed")
                || mentions(error, "too many concurrent streams");
    }

    private static String words(Throwable error) {
        if (has(error, UnresolvedAddressException.class) || has(error, UnknownHostException.class)) {
            return "the host name is not known";
        }
        if (has(error, HttpConnectTimeoutException.class)) {
            return "connecting took too long";
        }
        if (has(error, NoRouteToHostException.class)) {
            return "no route to the host";
        }
        if (has(error, ConnectException.class)) {
            String message = message(error, ConnectException.class);
            return message == null || message.startsWith("Connection refused") ? "connection refused" : message;
        }
        if (has(error, SSLException.class)) {
            return "TLS failed: " + message(error, SSLException.class);
        }
        if (has(error, EOFException.class) || mentions(error, "received no bytes")) {
            return "the connection was closed";
        }
        if (has(error, ProtocolException.class) || mentions(error, "receiving [")) {
            return "what came is not HTTP that can be understood";
        }
        if (has(error, SocketException.class)) {
            return "the connection failed: " + message(error, SocketException.class);
        }
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }

    /** The exception itself, unless its text quotes what the upstream sent, which may be a cookie. */
    private static @Nullable Throwable presentable(Throwable error) {
        boolean quotes = has(error, ProtocolException.class) || mentions(error, "receiving [");
        return quotes ? null : error;
    }

    private static boolean mentions(Throwable error, String words) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            if (t.getMessage() != null && t.getMessage().contains(words)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(Throwable error, Class<? extends Throwable> type) {
        return find(error, type) != null;
    }

    private static @Nullable String message(Throwable error, Class<? extends Throwable> type) {
        Throwable found = find(error, type);
        return found == null ? null : found.getMessage();
    }

    private static @Nullable Throwable find(Throwable error, Class<? extends Throwable> type) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return t;
            }
        }
        return null;
    }

    private static Throwable unwrap(Throwable error) {
        Throwable inner = error;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}
