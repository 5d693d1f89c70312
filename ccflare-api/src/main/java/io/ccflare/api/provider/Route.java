package io.ccflare.api.provider;

import java.util.Objects;
import java.util.Set;

/**
 * A part of a provider's API and the facts that its handling follows from. Immutable.
 *
 * @since 1.0
 */
public final class Route {

    /** Which account a request of a route belongs to. */
    public enum Affinity {
        /** Any account will do. */
        ANY,
        /** The account of its conversation does best, another will do. */
        CONVERSATION,
        /** What it names lives on one account: only that one will do. */
        OWNER
    }

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final String name;
    private final String pattern;
    private final Affinity affinity;
    private final boolean gathered;
    private final boolean replayable;
    private final boolean metered;

    private Route(Builder builder) {
        this.name = builder.name;
        this.pattern = builder.pattern;
        this.affinity = builder.affinity;
        this.gathered = builder.gathered;
        this.replayable = builder.replayable;
        this.metered = builder.metered;
    }

    /**
     * Begins a route. Defaults: any account, body streamed through, replayed only for safe methods, not metered.
     *
     * @param name what records and charts call it, for example {@code messages}
     * @param pattern a raw path such as {@code /v1/messages}; a segment <code>{}</code> stands for any one segment, a last segment
     *     {@code **} for any number of segments, none included
     */
    public static Builder builder(String name, String pattern) {
        return new Builder(name, pattern);
    }

    /** What records and charts call it. */
    public String name() {
        return name;
    }

    public String pattern() {
        return pattern;
    }

    public Affinity affinity() {
        return affinity;
    }

    /** Whether the body is gathered in memory, so that it can be read by the gateway and sent again; otherwise it streams through. */
    public boolean gathered() {
        return gathered;
    }

    /** Whether usage is read from its responses. */
    public boolean metered() {
        return metered;
    }

    /**
     * Whether a request whose connection dropped after it may have been sent can be sent to another account: true for safe methods, and
     * for any method if the route creates nothing that stays.
     */
    public boolean replayable(String method) {
        return replayable || SAFE.contains(method);
    }

    /** Whether a raw path without query belongs to this route. Dot segments never match. */
    public boolean matches(String path) {
        return PathPattern.matches(pattern, path);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Route that && name.equals(that.name) && pattern.equals(that.pattern);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, pattern);
    }

    @Override
    public String toString() {
        return "Route[" + name + " " + pattern + "]";
    }

    /** Builds a {@link Route}. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final String pattern;
        private Affinity affinity = Affinity.ANY;
        private boolean gathered;
        private boolean replayable;
        private boolean metered;

        private Builder(String name, String pattern) {
            this.name = Objects.requireNonNull(name, "name");
            this.pattern = Objects.requireNonNull(pattern, "pattern");
        }

        public Builder affinity(Affinity affinity) {
            this.affinity = Objects.requireNonNull(affinity, "affinity");
            return this;
        }

        public Builder gathered(boolean gathered) {
            this.gathered = gathered;
            return this;
        }

        /**
         * Whether it may be sent twice.
         *
         * @param replayable whether even a POST that may have been sent can be sent again elsewhere
         */
        public Builder replayable(boolean replayable) {
            this.replayable = replayable;
            return this;
        }

        public Builder metered(boolean metered) {
            this.metered = metered;
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if the name is blank or the pattern does not begin with a slash
         */
        public Route build() {
            if (name.isBlank() || !pattern.startsWith("/")) {
                throw new IllegalArgumentException("a route needs a name and a pattern that begins with a slash, not: '"
                        + name + "' '" + pattern + "'");
            }
            return new Route(this);
        }
    }
}
