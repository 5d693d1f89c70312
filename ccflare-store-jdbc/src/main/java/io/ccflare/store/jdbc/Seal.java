package io.ccflare.store.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals values with AES-256-GCM as {@code v1.<key id>.<nonce>.<ciphertext and tag>}, bound to the place where they stand, so that
 * a value moved to another row or column no longer opens. Thread-safe.
 */
final class Seal {

    private static final String VERSION = "v1";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final EncryptionKey key;
    private final SecureRandom random = new SecureRandom();

    Seal(EncryptionKey key) {
        this.key = key;
    }

    String keyId() {
        return key.id();
    }

    /** @param place table, row and column */
    String seal(String value, String... place) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(value.getBytes(StandardCharsets.UTF_8));
            Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
            return String.join(".", VERSION, key.id(), base64.encodeToString(nonce), base64.encodeToString(sealed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES/GCM failed to encrypt", e);
        }
    }

    /** @throws JdbcStoreException if it was not sealed by this key at this place, or was altered */
    String open(String sealed, String... place) {
        String[] parts = sealed.split("\\.", -1);
        if (parts.length != 4 || !parts[0].equals(VERSION)) {
            throw new JdbcStoreException(
                    at(place) + " is not encrypted, though this database's credentials are; somebody wrote it past"
                            + " the store. Remove the account and add it again");
        }
        if (!parts[1].equals(key.id())) {
            throw new JdbcStoreException(
                    at(place) + " is encrypted with the key " + parts[1] + ", but the one given is " + key.id());
        }
        try {
            Base64.Decoder base64 = Base64.getUrlDecoder();
            byte[] value =
                    cipher(Cipher.DECRYPT_MODE, base64.decode(parts[2]), place).doFinal(base64.decode(parts[3]));
            return new String(value, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new JdbcStoreException(
                    at(place)
                            + " does not open with the encryption key: it was altered, or moved from another place. Restore it from a backup");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String... place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(
                (VERSION + '\0' + key.id() + '\0' + String.join("\0", place)).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static String at(String... place) {
        return "the value at " + String.join("/", place);
    }
}
