package io.ccflare.core.call;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What tells one conversation from another, as a digest that is scoped by provider and caller, so that it can be stored and two
 * callers never share one.
 *
 * @param digest 32 hexadecimal digits
 * @param guessed whether it was guessed from how the conversation begins, rather than told
 */
record SessionKey(String digest, boolean guessed) {

    private static final int DIGEST_BYTES = 16;

    /** {@code user_<hex>_account_<uuid>_session_<uuid>}, as Claude Code sends it up to 2.1.77. */
    private static final Pattern IN_USER_ID = Pattern.compile("_session_([0-9a-zA-Z-]{8,64})$");

    /** A JSON object in a string, as it sends it from 2.1.78. */
    private static final Pattern IN_JSON_USER_ID = Pattern.compile("\"session_id\"\\s*:\\s*\"([^\"\\\\]{1,200})\"");

    /** Never fed: a copy of it costs a fifth of looking the algorithm up. */
    private static final MessageDigest FRESH = sha256();

    /** A session that the caller named. */
    static SessionKey told(String provider, @Nullable String caller, String session) {
        return new SessionKey(scoped(provider, caller, "told", session), false);
    }

    /** A session known only by a digest of how it begins. */
    static SessionKey guessed(String provider, @Nullable String caller, byte[] beginning) {
        String hex = HexFormat.of().formatHex(beginning);
        return new SessionKey(scoped(provider, caller, "guessed", hex), true);
    }

    /** The session inside a {@code metadata.user_id}; null when there is none in it. */
    static @Nullable String inUserId(String userId) {
        Matcher plain = IN_USER_ID.matcher(userId);
        if (plain.find()) {
            return plain.group(1);
        }
        Matcher json = IN_JSON_USER_ID.matcher(userId);
        return json.find() ? json.group(1) : null;
    }

    static MessageDigest newDigest() {
        try {
            return (MessageDigest) FRESH.clone();
        } catch (CloneNotSupportedException e) {
            return sha256();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String scoped(String provider, @Nullable String caller, String kind, String session) {
        MessageDigest digest = newDigest();
        for (String part : new String[] {provider, caller == null ? "" : caller, kind, session}) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((byte) (bytes.length >>> 8));
            digest.update((byte) bytes.length);
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    }
}
