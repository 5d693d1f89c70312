package io.ccflare.core;

import java.util.concurrent.ThreadLocalRandom;

/** Ids of requests: {@code ccf_} and 24 letters and digits, about 124 random bits. */
final class RequestIds {

    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 24;

    private RequestIds() {}

    static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        StringBuilder id = new StringBuilder("ccf_");
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
