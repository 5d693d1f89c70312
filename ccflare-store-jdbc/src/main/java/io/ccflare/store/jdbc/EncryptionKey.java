package io.ccflare.store.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The key that credentials are encrypted with at rest: 32 random bytes, from the host. Immutable; never prints itself.
 *
 * @since 1.0
 */
public final class EncryptionKey {

    private static final int BYTES = 32;
    private static final int HEX_DIGITS = 2 * BYTES;

    private final SecretKey key;
    private final String id;

    private EncryptionKey(byte[] bytes) {
        this.key = new SecretKeySpec(bytes, "AES");
        this.id = idOf(bytes);
    }

    /**
     * Reads a key.
     *
     * @param text 32 bytes as 64 hexadecimal digits or in Base64 (either alphabet, with or without padding); white space around
     *     it is ignored. Passphrases are not taken
     * @throws IllegalArgumentException if it is something else; the message says how to make one and does not repeat the text
     */
    public static EncryptionKey of(String text) {
        String trimmed = Objects.requireNonNull(text, "text").strip();
        byte[] bytes = decode(trimmed);
        if (bytes == null || bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "the encryption key must be 32 bytes, as 64 hexadecimal digits or in Base64; what was given has "
                            + trimmed.length() + " characters"
                            + (bytes == null ? " and is neither" : ", which make " + bytes.length + " bytes")
                            + ". Make one with: openssl rand -hex 32");
        }
        return new EncryptionKey(bytes);
    }

    /** Tells keys apart without telling the key: the beginning of a digest of it. */
    String id() {
        return id;
    }

    SecretKey key() {
        return key;
    }

    /** Shows the key's id only. */
    @Override
    public String toString() {
        return "EncryptionKey[id=" + id + "]";
    }

    private static byte @Nullable [] decode(String text) {
        try {
            if (text.length() == HEX_DIGITS) {
                return HexFormat.of().parseHex(text);
            }
            return Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_'));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String idOf(byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("ccflare key id".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(bytes), 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
