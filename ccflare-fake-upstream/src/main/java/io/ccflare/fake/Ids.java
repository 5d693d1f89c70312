package io.ccflare.fake;

import java.util.concurrent.atomic.AtomicLong;

/** Identifiers that look like the real ones and repeat from run to run. */
final class Ids {
    private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private final AtomicLong next = new AtomicLong();

    String next(String prefix) {
        return prefix + of(next.incrementAndGet());
    }

    static String of(long seed) {
        StringBuilder out = new StringBuilder("01");
        long state = seed;
        for (int i = 0; i < 22; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            out.append(ALPHABET.charAt((int) ((state >>> 33) % ALPHABET.length())));
        }
        return out.toString();
    }
}
