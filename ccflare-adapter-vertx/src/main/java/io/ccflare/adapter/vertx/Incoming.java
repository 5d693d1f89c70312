package io.ccflare.adapter.vertx;

import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.Headers;
import io.netty.buffer.ByteBuf;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Translates a request of Vert.x. */
final class Incoming {

    private Incoming() {}

    /**
     * Translates one, and takes its body.
     *
     * @throws IllegalArgumentException if the request is not one that can be handed over; the caller's fault
     * @throws IllegalStateException if its body has gone elsewhere; the host's fault
     */
    static GatewayRequest translate(RoutingContext context, String mount, @Nullable String caller, Exchange exchange) {
        HttpServerRequest request = context.request();
        GatewayRequest.Builder builder = GatewayRequest.builder(request.method().name(), originForm(request.uri()))
                .mount(mount)
                .headers(headers(request))
                .caller(caller)
                .remote(address(request.remoteAddress()));
        long length = length(request);
        if (context.body().available()) {
            return builder.body(gathered(context)).build();
        }
        if (!mayHaveBody(request, length)) {
            return builder.build();
        }
        if (request.bytesRead() > 0 || request.isEnded() && length != 0 && !isHttp2(request)) {
            throw new IllegalStateException("the body of the request is gone: a handler in front that works"
                    + " asynchronously must pause the request, or a BodyHandler must come before it");
        }
        // Checked before the body is taken, since an answer in the adapter's own name leaves the body alone.
        builder.body(FixedBody.empty(), length).build();
        return builder.body(exchange.expectBody(length), length).build();
    }

    private static boolean isHttp2(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2;
    }

    /** In HTTP/1 a body announces itself; in HTTP/2 it need not. */
    private static boolean mayHaveBody(HttpServerRequest request, long length) {
        return length > 0
                || length < 0
                        && (isHttp2(request)
                                ? !request.isEnded()
                                : request.headers().contains(HttpHeaders.TRANSFER_ENCODING));
    }

    private static long length(HttpServerRequest request) {
        String text = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        if (text == null) {
            return -1;
        }
        try {
            long length = Long.parseLong(text);
            if (length >= 0) {
                return length;
            }
        } catch (NumberFormatException notANumber) {
            // Said below.
        }
        throw new IllegalArgumentException("the Content-Length is not a length");
    }

    /** What a BodyHandler in front has gathered. */
    private static FixedBody gathered(RoutingContext context) {
        if (context.request().isExpectMultipart() && isMultipart(context.request())) {
            throw new IllegalStateException(
                    "the body of the request is gone: a BodyHandler in front has taken a multipart form apart");
        }
        Buffer buffer = context.body().buffer();
        if (buffer == null) {
            return FixedBody.empty();
        }
        ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
        boolean exact = bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.array().length == bytes.readableBytes();
        return FixedBody.of(exact ? bytes.array() : buffer.getBytes());
    }

    private static boolean isMultipart(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.regionMatches(true, 0, "multipart/", 0, "multipart/".length());
    }

    /** Path and query as they were sent; a target in absolute form loses its authority. */
    private static String originForm(String uri) {
        int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
        if (scheme < 0) {
            return uri;
        }
        for (int i = scheme + 3; i < uri.length(); i++) {
            if (uri.charAt(i) == '/') {
                return uri.substring(i);
            }
            if (uri.charAt(i) == '?') {
                return "/" + uri.substring(i);
            }
        }
        return "/";
    }

    private static Headers headers(HttpServerRequest request) {
        Headers.Builder headers = Headers.builder();
        MultiMap fields = request.headers();
        if (isHttp2(request) && !fields.contains(HttpHeaders.HOST)) {
            HostAndPort authority = request.authority();
            if (authority != null) {
                headers.add("host", authority.toString());
            }
        }
        fields.forEach((name, value) -> headers.add(name, value));
        return headers.build();
    }

    /** Addresses only: a name would be looked up, which blocks. */
    private static @Nullable InetAddress address(@Nullable SocketAddress from) {
        String literal = from == null ? null : from.hostAddress();
        try {
            return literal == null ? null : InetAddress.getByName(literal);
        } catch (UnknownHostException notAnAddress) {
            return null;
        }
    }
}
