package io.ccflare.core.transport;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;

/**
 * Makes a {@link URI} of an origin and a raw request target, changing as little as {@code java.net.URI} allows.
 *
 * <p>What stands in the target goes up as it is: dot segments, doubled slashes, {@code %2F}, the case of escapes. Only bytes that a
 * URI cannot hold (RFC 3986: space, {@code " < > \ ^ ` { | }}, control characters, brackets in a path, {@code #}, a percent sign
 * that begins no escape, everything beyond ASCII) are percent-encoded, which every server decodes to the same bytes; characters
 * up to U+00FF stand for one raw byte each, as servers hand them over. One thing is lost: a question mark with nothing after it,
 * which the JDK does not send.
 */
final class RawTarget {

    private static final String PUNCTUATION = "-_.~!$&'()*+,;=:@/";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private RawTarget() {}

    /** @throws IllegalArgumentException if the origin is not an absolute http or https address, or the target has no leading slash */
    static URI resolve(URI origin, String target) {
        String scheme = origin.getScheme();
        String host = origin.getHost();
        if (host == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw new IllegalArgumentException("an origin must be an absolute http or https address with a host name");
        }
        if (!target.isEmpty() && target.charAt(0) != '/' && target.charAt(0) != '?') {
            throw new IllegalArgumentException("a target must begin with a slash");
        }
        String port = origin.getPort() < 0 ? "" : ":" + origin.getPort();
        try {
            return new URI(scheme + "://" + host + port + escape(target));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("a target that cannot be sent: " + e.getReason());
        }
    }

    private static String escape(String target) {
        StringBuilder text = new StringBuilder(target.length() + 16);
        boolean inQuery = false;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (isPlain(c) || c == '%' && isEscape(target, i) || inQuery && (c == '?' || c == '[' || c == ']')) {
                text.append(c);
            } else if (c == '?') {
                inQuery = true;
                text.append(c);
            } else if (c <= 0xFF) {
                append(text, c);
            } else {
                int point = target.codePointAt(i);
                i += Character.charCount(point) - 1;
                for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                    append(text, b & 0xFF);
                }
            }
        }
        return text.toString();
    }

    private static boolean isPlain(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || PUNCTUATION.indexOf(c) >= 0;
    }

    private static boolean isEscape(String target, int at) {
        return at + 2 < target.length() && isHex(target.charAt(at + 1)) && isHex(target.charAt(at + 2));
    }

    private static boolean isHex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    private static void append(StringBuilder text, int octet) {
        text.append('%').append(HEX[octet >> 4]).append(HEX[octet & 15]);
    }
}
