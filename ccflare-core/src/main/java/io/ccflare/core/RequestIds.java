package io.ccflare.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** Ids of requests: {@code ccf_} and 24 letters and digits, 120 random bits. */
final class RequestIds {

    /** Without those that are mistaken for others. */
    private static final byte[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".getBytes(ISO_8859_1);

    private static final byte[] PREFIX = "ccf_".getBytes(ISO_8859_1);
    private static final int LENGTH = 24;
    private static final int BITS = 5;

    private RequestIds() {}

    static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] id = Arrays.copyOf(PREFIX, PREFIX.length + LENGTH);
        long bits = 0;
        for (int i = 0; i < LENGTH; i++) {
            bits = i % (LENGTH / 2) == 0 ? random.nextLong() : bits >>> BITS;
            id[PREFIX.length + i] = ALPHABET[(int) bits & ALPHABET.length - 1];
        }
        return new String(id, ISO_8859_1);
    }
}
