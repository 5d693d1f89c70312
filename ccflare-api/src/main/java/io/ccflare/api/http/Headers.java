package io.ccflare.api.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in the order they came, repeated ones kept as repeated lines. Names keep their spelling and are compared
 * without regard to case.
 *
 * <p>Immutable and thread-safe. Text never shows values, since they may be credentials.
 *
 * @since 1.0
 */
public final class Headers {

    private static final Headers EMPTY = new Headers(new String[0]);

    /** name, value, name, value ... */
    private final String[] fields;

    private Headers(String[] fields) {
        this.fields = fields;
    }

    public static Headers empty() {
        return EMPTY;
    }

    /**
     * Fields from names and values in turn.
     *
     * @throws IllegalArgumentException as {@link Builder#add} does, or if a value is missing
     */
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a header value is missing: names and values come in pairs");
        }
        Builder builder = builder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            builder.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder.build();
    }

    public static Builder builder() {
        return new Builder(16);
    }

    /** How many fields there are, repeated ones counted each. */
    public int size() {
        return fields.length / 2;
    }

    /** The name of the field at {@code index}, as it was spelled. */
    public String name(int index) {
        return fields[2 * index];
    }

    /** The value of the field at {@code index}. */
    public String value(int index) {
        return fields[2 * index + 1];
    }

    /** The first value of a name, or null. */
    public @Nullable String first(String name) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                return fields[i + 1];
            }
        }
        return null;
    }

    /** All values of a name in order; empty when there is none. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                values.add(fields[i + 1]);
            }
        }
        return values;
    }

    public boolean contains(String name) {
        return first(name) != null;
    }

    /** Hands over each field in order. */
    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < fields.length; i += 2) {
            action.accept(fields[i], fields[i + 1]);
        }
    }

    /** A builder that begins with these fields. */
    public Builder toBuilder() {
        Builder builder = new Builder(fields.length + 8);
        System.arraycopy(fields, 0, builder.fields, 0, fields.length);
        builder.length = fields.length;
        return builder;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Headers that && Arrays.equals(fields, that.fields);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fields);
    }

    /** The names only. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Headers[");
        for (int i = 0; i < fields.length; i += 2) {
            text.append(i == 0 ? "" : ", ").append(fields[i]);
        }
        return text.append(']').toString();
    }

    /** Builds {@link Headers}. Not thread-safe. */
    public static final class Builder {

        private String[] fields;
        private int length;

        private Builder(int capacity) {
            fields = new String[Math.max(capacity, 2)];
        }

        /**
         * Adds a field after those that are there.
         *
         * @throws IllegalArgumentException if the name is not a token (RFC 9110 section 5.6.2) or the value holds CR, LF or NUL;
         *     the message does not repeat the value
         */
        public Builder add(String name, String value) {
            FieldRules.checkName(name);
            FieldRules.checkValue(name, Objects.requireNonNull(value, "value"));
            if (length == fields.length) {
                fields = Arrays.copyOf(fields, fields.length * 2);
            }
            fields[length++] = name;
            fields[length++] = value;
            return this;
        }

        /**
         * Puts one field in place of all of that name.
         *
         * @throws IllegalArgumentException as {@link #add} does
         */
        public Builder set(String name, String value) {
            return removeIf(name::equalsIgnoreCase).add(name, value);
        }

        /** Takes away every field whose name the test accepts. */
        public Builder removeIf(Predicate<String> test) {
            int kept = 0;
            for (int i = 0; i < length; i += 2) {
                if (!test.test(fields[i])) {
                    fields[kept++] = fields[i];
                    fields[kept++] = fields[i + 1];
                }
            }
            length = kept;
            return this;
        }

        public Headers build() {
            return length == 0 ? EMPTY : new Headers(Arrays.copyOf(fields, length));
        }
    }
}
