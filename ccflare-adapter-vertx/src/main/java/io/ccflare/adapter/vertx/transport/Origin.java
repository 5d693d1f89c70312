package io.ccflare.adapter.vertx.transport;

import java.net.URI;

/**
 * Where a call goes.
 *
 * @param host without the brackets of an IPv6 address
 * @param authority what stands in the {@code Host} header
 */
record Origin(boolean tls, String host, int port, String authority) {

    /** @throws IllegalArgumentException if the address is not an absolute http or https one */
    static Origin of(URI address) {
        String scheme = address.getScheme();
        String host = address.getHost();
        boolean tls = "https".equalsIgnoreCase(scheme);
        if (host == null || !(tls || "http".equalsIgnoreCase(scheme))) {
            throw new IllegalArgumentException("an origin must be an absolute http or https address with a host name");
        }
        int usual = tls ? 443 : 80;
        int port = address.getPort() < 0 ? usual : address.getPort();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Origin(tls, bare, port, port == usual ? host : host + ":" + port);
    }

    /** For people. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
