package io.ccflare.httpclient;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Which calls are the gateway's: those whose scheme, host and port are these and whose path lies at or below this one. */
record BaseUrl(String scheme, String host, int port, String mount) {

    /** @throws IllegalArgumentException if it is not an absolute http or https URL without user, query and fragment */
    static BaseUrl of(URI uri) {
        check(uri);
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("a base URL has neither user nor query nor fragment: " + origin(uri));
        }
        String path = uri.getRawPath();
        if (path.contains("//") || path.contains("/.")) {
            throw new IllegalArgumentException("the path of a base URL has neither empty nor dot segments: " + path);
        }
        String mount = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return new BaseUrl(uri.getScheme(), uri.getHost(), port(uri), mount);
    }

    /** @throws IllegalArgumentException if the JDK's client would not send to it either */
    static void check(URI uri) {
        String scheme = uri.getScheme();
        if (scheme == null || !scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            throw new IllegalArgumentException("the scheme of a URI to call must be http or https, not " + scheme);
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("a URI to call must name a host");
        }
    }

    /** Scheme, host and port: what may be shown of a URI. */
    static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    boolean covers(URI uri) {
        return scheme.equalsIgnoreCase(uri.getScheme())
                && host.equalsIgnoreCase(uri.getHost())
                && port == port(uri)
                && below(uri.getRawPath());
    }

    private boolean below(@Nullable String path) {
        return mount.isEmpty()
                || path != null
                        && path.startsWith(mount)
                        && (path.length() == mount.length() || path.charAt(mount.length()) == '/');
    }

    /** Path and query as they go on a request line: raw, characters beyond ASCII percent-encoded. */
    static String target(URI uri) {
        String target = uri.getRawQuery() == null ? path(uri) : path(uri) + "?" + uri.getRawQuery();
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) > 0x7f) {
                return target(URI.create(uri.toASCIIString()));
            }
        }
        return target;
    }

    private static String path(URI uri) {
        String path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    @Override
    public String toString() {
        return scheme + "://" + host + ":" + port + mount;
    }
}
