package io.ccflare.core.call;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A set of header names, in any case. Most names that are asked for are told from all in it by their length and first letter. */
final class FieldNames {

    private static final int LETTERS = 31;

    private final Set<String> names;

    /** By length: a bit for each first letter. */
    private final int[] beginnings;

    private FieldNames(Set<String> names) {
        this.names = names;
        beginnings = new int[names.stream().mapToInt(String::length).max().orElse(0) + 1];
        for (String name : names) {
            beginnings[name.length()] |= beginning(name);
        }
    }

    /** @param sets in lower case */
    @SafeVarargs
    static FieldNames of(Set<String>... sets) {
        return new FieldNames(Stream.of(sets).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet()));
    }

    boolean contains(String name) {
        int length = name.length();
        return length < beginnings.length
                && length > 0
                && (beginnings[length] & beginning(name)) != 0
                && names.contains(name.toLowerCase(Locale.ROOT));
    }

    /** The low bits of a letter are those of its other case. */
    private static int beginning(String name) {
        return 1 << (name.charAt(0) & LETTERS);
    }
}
