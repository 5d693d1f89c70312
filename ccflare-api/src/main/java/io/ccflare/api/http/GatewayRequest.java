package io.ccflare.api.http;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * One request as it reached the host. Immutable; its body is a stream that is read at most once.
 *
 * @since 1.0
 */
public final class GatewayRequest {

    private final String method;
    private final String target;
    private final String mount;
    private final String path;
    private final @Nullable String query;
    private final Headers headers;
    private final Flow.Publisher<List<ByteBuffer>> body;
    private final long contentLength;
    private final @Nullable String caller;
    private final @Nullable InetAddress remote;

    private GatewayRequest(Builder builder, String path, @Nullable String query) {
        this.method = builder.method;
        this.target = builder.target;
        this.mount = builder.mount;
        this.path = path;
        this.query = query;
        this.headers = builder.headers;
        this.body = builder.body;
        this.contentLength = builder.contentLength;
        this.caller = builder.caller;
        this.remote = builder.remote;
    }

    /**
     * Begins a request. Defaults: mounted at the root, no headers, no body, nobody known who asks.
     *
     * @param method as received; methods are case-sensitive
     * @param target the raw origin-form target as received, path and query, not decoded: {@code /v1/messages?beta=true}
     */
    public static Builder builder(String method, String target) {
        return new Builder(method, target);
    }

    public String method() {
        return method;
    }

    /** The whole raw target as received, mount included. */
    public String target() {
        return target;
    }

    /** Where the handler is mounted: empty for the root, otherwise begins and does not end with a slash. */
    public String mount() {
        return mount;
    }

    /**
     * The raw path of the API that is asked for, never decoded. A mount that ends in {@code /v1} is part of it: mounted at
     * {@code /v1} or {@code /llm/v1}, a target {@code <mount>/messages} gives {@code /v1/messages}; mounted at {@code /a/b},
     * {@code /a/b/v1/messages} gives {@code /v1/messages}.
     */
    public String path() {
        return path;
    }

    /** The raw query without its question mark; null when the target has none. */
    public @Nullable String query() {
        return query;
    }

    public Headers headers() {
        return headers;
    }

    /** The body; subscribed at most once. Completes without a batch when there is none. */
    public Flow.Publisher<List<ByteBuffer>> body() {
        return body;
    }

    /** How many bytes the body has: 0 for none, -1 when that is not known before its end. */
    public long contentLength() {
        return contentLength;
    }

    /**
     * Who asks, as the host knows it: a user, a client key. Null when nobody is known. It scopes session keys and
     * records. The host sets it after it has authenticated the caller; nothing in the request itself can.
     */
    public @Nullable String caller() {
        return caller;
    }

    /** The address that the connection comes from; null when there is none (a call inside the process). */
    public @Nullable InetAddress remote() {
        return remote;
    }

    /** Method and path; neither query nor headers. */
    @Override
    public String toString() {
        return method + " " + path;
    }

    /** Builds a {@link GatewayRequest}. Not thread-safe. */
    public static final class Builder {

        private final String method;
        private final String target;
        private String mount = "";
        private Headers headers = Headers.empty();
        private Flow.Publisher<List<ByteBuffer>> body = FixedBody.empty();
        private long contentLength;
        private @Nullable String caller;
        private @Nullable InetAddress remote;

        private Builder(String method, String target) {
            this.method = Objects.requireNonNull(method, "method");
            this.target = Objects.requireNonNull(target, "target");
        }

        /**
         * Where the handler is mounted.
         *
         * @param mount where the handler is mounted, as in {@code /v1}; {@code /} and the empty text mean the root
         */
        public Builder mount(String mount) {
            this.mount = mount.endsWith("/") ? mount.substring(0, mount.length() - 1) : mount;
            return this;
        }

        public Builder headers(Headers headers) {
            this.headers = Objects.requireNonNull(headers, "headers");
            return this;
        }

        /**
         * The body, as a stream.
         *
         * @param contentLength bytes, or -1 when not known before the end
         */
        public Builder body(Flow.Publisher<List<ByteBuffer>> body, long contentLength) {
            this.body = Objects.requireNonNull(body, "body");
            this.contentLength = contentLength;
            return this;
        }

        public Builder body(FixedBody body) {
            return body(body, body.length());
        }

        public Builder caller(@Nullable String caller) {
            this.caller = caller;
            return this;
        }

        public Builder remote(@Nullable InetAddress remote) {
            this.remote = remote;
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if the method is not a token, the target does not begin with a slash or holds
         *     blanks, control characters or anything beyond ASCII, the target does not lie under the mount, or the content
         *     length is below -1. An adapter answers 400 to such a request
         */
        public GatewayRequest build() {
            FieldRules.checkName(method);
            require(contentLength >= -1, "the content length is below -1");
            require(mount.isEmpty() || mount.startsWith("/"), "a mount begins with a slash");
            require(target.startsWith("/"), "the request target must begin with a slash");
            require(
                    FieldRules.visibleAscii(target),
                    "the request target holds characters that must be percent-encoded");
            int mark = target.indexOf('?');
            String rawPath = mark < 0 ? target : target.substring(0, mark);
            boolean under = rawPath.startsWith(mount)
                    && (rawPath.length() == mount.length() || rawPath.charAt(mount.length()) == '/');
            require(under, "the request target does not lie under the mount " + mount);
            String rest = rawPath.substring(mount.endsWith("/v1") ? mount.length() - 3 : mount.length());
            return new GatewayRequest(this, rest.isEmpty() ? "/" : rest, mark < 0 ? null : target.substring(mark + 1));
        }

        private static void require(boolean condition, String problem) {
            if (!condition) {
                throw new IllegalArgumentException(problem);
            }
        }
    }
}
