package io.ccflare.fake;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes that flow by: counted and digested all, kept up to a limit. */
final class Gathered {
    private final int limit;
    private final @Nullable MessageDigest digest;
    private byte[] kept = new byte[0];
    private int size;
    private long length;

    Gathered(int limit, boolean digested) {
        this.limit = limit;
        this.digest = digested ? sha256Digest() : null;
    }

    synchronized void add(byte[] bytes, int from, int count) {
        add(ByteBuffer.wrap(bytes, from, count));
    }

    /** Takes all that remains in the buffer. */
    synchronized void add(ByteBuffer bytes) {
        length += bytes.remaining();
        if (digest != null) {
            digest.update(bytes.duplicate());
        }
        int take = Math.min(limit - size, bytes.remaining());
        if (take > 0) {
            if (size + take > kept.length) {
                kept = Arrays.copyOf(kept, (int) Math.min(limit, Math.max(size + take, 2L * size)));
            }
            bytes.get(kept, size, take);
            size += take;
        }
        bytes.position(bytes.limit());
    }

    synchronized byte[] kept() {
        return Arrays.copyOf(kept, size);
    }

    synchronized long length() {
        return length;
    }

    synchronized String sha256() {
        if (digest == null) {
            return "";
        }
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The SHA-256 of this JDK cannot be read while it goes on", e);
        }
    }

    /** Forgets what it kept beyond the limit; the length and the digest stay. */
    synchronized void trimTo(int bytes) {
        if (size > bytes) {
            kept = Arrays.copyOf(kept, bytes);
            size = bytes;
        }
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
