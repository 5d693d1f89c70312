package io.ccflare.core.transport;

import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes of a call what the JDK's client takes. */
final class OutgoingRequest {

    /** Connection-level fields (RFC 9110 section 7.6.1) and those that the JDK refuses. */
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

    private OutgoingRequest() {}

    /** Null where the JDK is to be told of no body at all. */
    static @Nullable OutgoingBody body(UpstreamRequest request) {
        boolean bodiless = switch (request.method()) {
            case "GET", "HEAD", "DELETE" -> request.body() instanceof UpstreamBody.None;
            default -> false;
        };
        return bodiless ? null : OutgoingBody.of(request.body());
    }

    /** @throws IllegalArgumentException if the JDK's client would not send it; the message quotes no value */
    static HttpRequest prepare(UpstreamRequest request, @Nullable OutgoingBody body) {
        HttpRequest.Builder prepared = HttpRequest.newBuilder(RawTarget.resolve(request.origin(), request.target()));
        if (body != null) {
            prepared.method(request.method(), body);
        } else if (request.method().equals("HEAD")) {
            Jdk.head(prepared);
        } else if (request.method().equals("DELETE")) {
            prepared.DELETE();
        }
        if ("http".equalsIgnoreCase(request.origin().getScheme())) {
            // With a client of HTTP/2 it would ask for an upgrade, in headers of its own.
            prepared.version(HttpClient.Version.HTTP_1_1);
        }
        request.headers().forEach((name, value) -> {
            if (!FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
                prepared.header(name, sendable(name, value));
            }
        });
        return prepared.build();
    }

    /** Says which header is at fault before the JDK does, which would quote its value. */
    private static String sendable(String name, String value) {
        boolean latin = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F) {
                throw new IllegalArgumentException("the value of header " + name + " holds a control character");
            }
            latin &= c <= 0xFF;
        }
        return latin ? value : value.replaceAll("[^\\x00-\\xFF]", "?");
    }
}
