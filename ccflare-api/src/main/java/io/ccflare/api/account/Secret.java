package io.ccflare.api.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * A value that must not be seen: it never prints itself, neither in {@link #toString()} nor in an exception.
 *
 * <p>Immutable and thread-safe. Equality takes the same time for any two secrets of one length.
 *
 * @since 1.0
 */
public final class Secret {

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * Wraps a value that can stand in an HTTP header.
     *
     * @param value the secret; surrounding white space is not removed
     * @throws IllegalArgumentException if it is empty or holds anything but visible ASCII characters; the message does not
     *     repeat the value
     */
    public static Secret of(String value) {
        Objects.requireNonNull(value, "value");
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a secret must not be empty");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > '~') {
                throw new IllegalArgumentException("a secret must hold visible ASCII characters only; character "
                        + (i + 1) + " of " + value.length() + " is not one (a line break or a blank copied along?)");
            }
        }
        return new Secret(value);
    }

    /** The value itself. Use it where it is sent or stored, and nowhere else. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.US_ASCII), that.value.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Always {@code "****"}. */
    @Override
    public String toString() {
        return "****";
    }
}
