package io.ccflare.adapter.vertx.transport;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** Request lines and header lines, on their way out and back. */
final class Head {

    /** Connection-level fields (RFC 9110 section 7.6.1), which are the transport's. */
    private static final Set<String> FRAMING = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private Head() {}

    /**
     * The target as it was given, but for what cannot stand in a request line: control characters, spaces and what is beyond ASCII are
     * percent-encoded. Characters up to U+00FF stand for one raw byte each, as servers hand them over.
     *
     * @throws IllegalArgumentException if there is no leading slash
     */
    static String target(String target) {
        if (target.isEmpty()) {
            return "/";
        }
        if (target.charAt(0) != '/' && target.charAt(0) != '?') {
            throw new IllegalArgumentException("a target must begin with a slash");
        }
        boolean rooted = target.charAt(0) == '/';
        for (int i = 0; i < target.length(); i++) {
            if (!isSendable(target.charAt(i))) {
                return (rooted ? "" : "/") + escape(target);
            }
        }
        return rooted ? target : "/" + target;
    }

    private static boolean isSendable(char c) {
        return c > ' ' && c < 0x7F;
    }

    private static String escape(String target) {
        StringBuilder text = new StringBuilder(target.length() + 16);
        int point;
        for (int i = 0; i < target.length(); i += Character.charCount(point)) {
            point = target.codePointAt(i);
            if (point <= 0xFF && isSendable((char) point)) {
                text.append((char) point);
            } else if (point <= 0xFF) {
                append(text, point);
            } else {
                for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                    append(text, b & 0xFF);
                }
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, int octet) {
        text.append('%').append(HEX[octet >> 4]).append(HEX[octet & 15]);
    }

    /**
     * Looks for what cannot be sent, so that nothing quotes it later.
     *
     * @throws IllegalArgumentException that names the field but not its value
     */
    static void check(Headers headers) {
        for (int i = 0; i < headers.size(); i++) {
            String value = headers.value(i);
            for (int at = 0; at < value.length(); at++) {
                char c = value.charAt(at);
                if (c < ' ' && c != '\t' || c == 0x7F) {
                    throw new IllegalArgumentException(
                            "the value of header " + headers.name(i) + " holds a control character");
                }
            }
        }
    }

    /** Writes all lines in the order given, {@code Host} first and the length last. */
    static void write(UpstreamRequest request, Origin origin, MultiMap to, HttpVersion version) {
        if (version != HttpVersion.HTTP_2) {
            to.add("Host", origin.authority());
        }
        Headers headers = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (!isFraming(name)) {
                to.add(name, headers.value(i));
            }
        }
        long length = request.body().length();
        if (length >= 0 && !(request.body() instanceof UpstreamBody.None)) {
            to.add("Content-Length", Long.toString(length));
        }
    }

    private static boolean isFraming(String name) {
        switch (name.charAt(0)) {
            case 'c', 'C', 'e', 'E', 'h', 'H', 'k', 'K', 'p', 'P', 't', 'T', 'u', 'U' -> {
                return FRAMING.contains(name.toLowerCase(Locale.ROOT));
            }
            default -> {
                return false;
            }
        }
    }

    /** @throws IllegalArgumentException if a line is none that HTTP allows */
    static Headers read(MultiMap from) {
        Headers.Builder headers = Headers.builder();
        from.forEach((name, value) -> {
            if (name.charAt(0) != ':') {
                headers.add(name, value);
            }
        });
        return headers.build();
    }

    /** How many bytes the body has by its head; -1 when only its end tells. */
    static long length(HttpClientResponse response, boolean toHead) {
        int status = response.statusCode();
        if (toHead || status == 204 || status == 304) {
            return 0;
        }
        String length = response.getHeader("Content-Length");
        if (length == null || response.headers().contains("Transfer-Encoding")) {
            return -1;
        }
        try {
            return Long.parseLong(length.trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Whether the connection may carry another call when this body has ended. */
    static boolean keepsConnection(HttpClientResponse response, long length) {
        if (response.version() == HttpVersion.HTTP_2) {
            return true;
        }
        String connection = response.getHeader("Connection");
        return response.version() == HttpVersion.HTTP_1_1
                && (length >= 0 || response.headers().contains("Transfer-Encoding"))
                && (connection == null || !connection.toLowerCase(Locale.ROOT).contains("close"));
    }
}
