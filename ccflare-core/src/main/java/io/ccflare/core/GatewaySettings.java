package io.ccflare.core;

import io.ccflare.api.provider.Route;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * All settings of a gateway as one immutable snapshot, checked as a whole. A running request keeps the snapshot it began with.
 *
 * @since 1.0
 */
public final class GatewaySettings {

    private final Timeouts timeouts;
    private final long maxBodyBytes;
    private final long gatheredBytes;
    private final int maxInFlight;
    private final int maxInFlightPerAccount;
    private final int maxAttempts;
    private final int commitBytes;
    private final Duration reloadInterval;
    private final Duration shareInterval;
    private final Duration sessionDuration;
    private final int maxBindings;
    private final Duration bindingIdle;
    private final int guessedSessionMinimum;
    private final boolean exposeHeaders;
    private final boolean passAcceptEncoding;
    private final List<Route> extraRoutes;
    private final Set<String> deniedRoutes;

    private GatewaySettings(Builder builder) {
        this.timeouts = builder.timeouts;
        this.maxBodyBytes = builder.maxBodyBytes;
        this.gatheredBytes = builder.gatheredBytes;
        this.maxInFlight = builder.maxInFlight;
        this.maxInFlightPerAccount = builder.maxInFlightPerAccount;
        this.maxAttempts = builder.maxAttempts;
        this.commitBytes = builder.commitBytes;
        this.reloadInterval = builder.reloadInterval;
        this.shareInterval = builder.shareInterval;
        this.sessionDuration = builder.sessionDuration;
        this.maxBindings = builder.maxBindings;
        this.bindingIdle = builder.bindingIdle;
        this.guessedSessionMinimum = builder.guessedSessionMinimum;
        this.exposeHeaders = builder.exposeHeaders;
        this.passAcceptEncoding = builder.passAcceptEncoding;
        this.extraRoutes = builder.extraRoutes;
        this.deniedRoutes = builder.deniedRoutes;
    }

    /** The defaults. */
    public static GatewaySettings defaults() {
        return builder().build();
    }

    /** Begins with the defaults, which each setter names. */
    public static Builder builder() {
        return new Builder();
    }

    /** Begins with these. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.timeouts = timeouts;
        builder.maxBodyBytes = maxBodyBytes;
        builder.gatheredBytes = gatheredBytes;
        builder.maxInFlight = maxInFlight;
        builder.maxInFlightPerAccount = maxInFlightPerAccount;
        builder.maxAttempts = maxAttempts;
        builder.commitBytes = commitBytes;
        builder.reloadInterval = reloadInterval;
        builder.shareInterval = shareInterval;
        builder.sessionDuration = sessionDuration;
        builder.maxBindings = maxBindings;
        builder.bindingIdle = bindingIdle;
        builder.guessedSessionMinimum = guessedSessionMinimum;
        builder.exposeHeaders = exposeHeaders;
        builder.passAcceptEncoding = passAcceptEncoding;
        builder.extraRoutes = extraRoutes;
        builder.deniedRoutes = deniedRoutes;
        return builder;
    }

    /** How long anything may take. */
    public Timeouts timeouts() {
        return timeouts;
    }

    /** The largest body of a request that is gathered, in bytes; larger ones get 413. */
    public long maxBodyBytes() {
        return maxBodyBytes;
    }

    /** How many bytes of gathered bodies may be in memory at once; above it requests get 503. */
    public long gatheredBytes() {
        return gatheredBytes;
    }

    /** How many requests may be open at once in all; above it requests get 503. */
    public int maxInFlight() {
        return maxInFlight;
    }

    /** How many calls may be open at once on an account that sets no limit of its own. */
    public int maxInFlightPerAccount() {
        return maxInFlightPerAccount;
    }

    /**
     * How many attempts of one request may fail by overload, errors or the network before it is given up; refusals for a limit do
     * not count.
     */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** How much of the beginning of an event stream is held back at most, in bytes. */
    public int commitBytes() {
        return commitBytes;
    }

    /** How often the account store is asked for its accounts. */
    public Duration reloadInterval() {
        return reloadInterval;
    }

    /** How often what was learned is exchanged with the shared state. */
    public Duration shareInterval() {
        return shareInterval;
    }

    /** How long an account's session window lasts. */
    public Duration sessionDuration() {
        return sessionDuration;
    }

    /** How many sessions are remembered; the one unused for longest goes first. */
    public int maxBindings() {
        return maxBindings;
    }

    /** How long a session is remembered after its last request. */
    public Duration bindingIdle() {
        return bindingIdle;
    }

    /** How many bytes system prompt and first message must have together for a session to be told by them. */
    public int guessedSessionMinimum() {
        return guessedSessionMinimum;
    }

    /** Whether responses carry {@code ccflare-request-id}, {@code ccflare-account} and {@code ccflare-attempts}. */
    public boolean exposeHeaders() {
        return exposeHeaders;
    }

    /**
     * Whether the caller's {@code Accept-Encoding} goes up instead of {@code identity}; usage of bodies in codings that the JDK
     * cannot read is then unknown.
     */
    public boolean passAcceptEncoding() {
        return passAcceptEncoding;
    }

    /** Routes that are allowed besides those of the providers; they are tried first. */
    public List<Route> extraRoutes() {
        return extraRoutes;
    }

    /** Names of provider routes that are not allowed. */
    public Set<String> deniedRoutes() {
        return deniedRoutes;
    }

    /** Builds {@link GatewaySettings}. Not thread-safe. */
    public static final class Builder {

        private Timeouts timeouts = Timeouts.defaults();
        private long maxBodyBytes = 32L << 20;
        private long gatheredBytes = Runtime.getRuntime().maxMemory() / 4;
        private int maxInFlight = 10_000;
        private int maxInFlightPerAccount = 10_000;
        private int maxAttempts = 10;
        private int commitBytes = 64 << 10;
        private Duration reloadInterval = Duration.ofSeconds(30);
        private Duration shareInterval = Duration.ofSeconds(5);
        private Duration sessionDuration = Duration.ofHours(5);
        private int maxBindings = 100_000;
        private Duration bindingIdle = Duration.ofHours(1);
        private int guessedSessionMinimum = 256;
        private boolean exposeHeaders = true;
        private boolean passAcceptEncoding = false;
        private List<Route> extraRoutes = List.of();
        private Set<String> deniedRoutes = Set.of();

        private Builder() {}

        /** Default: those of {@link Timeouts}. */
        public Builder timeouts(Timeouts timeouts) {
            this.timeouts = timeouts;
            return this;
        }

        /** Default: 32 MiB. */
        public Builder maxBodyBytes(long maxBodyBytes) {
            this.maxBodyBytes = maxBodyBytes;
            return this;
        }

        /** Default: a quarter of the heap. */
        public Builder gatheredBytes(long gatheredBytes) {
            this.gatheredBytes = gatheredBytes;
            return this;
        }

        /** Default: 10,000. */
        public Builder maxInFlight(int maxInFlight) {
            this.maxInFlight = maxInFlight;
            return this;
        }

        /** Default: 10,000. */
        public Builder maxInFlightPerAccount(int maxInFlightPerAccount) {
            this.maxInFlightPerAccount = maxInFlightPerAccount;
            return this;
        }

        /** Default: 10. */
        public Builder maxAttempts(int maxAttempts) {
            this.maxAttempts = maxAttempts;
            return this;
        }

        /** Default: 64 KiB. */
        public Builder commitBytes(int commitBytes) {
            this.commitBytes = commitBytes;
            return this;
        }

        /** Default: 30 seconds. */
        public Builder reloadInterval(Duration reloadInterval) {
            this.reloadInterval = reloadInterval;
            return this;
        }

        /** Default: 5 seconds. */
        public Builder shareInterval(Duration shareInterval) {
            this.shareInterval = shareInterval;
            return this;
        }

        /** Default: 5 hours. */
        public Builder sessionDuration(Duration sessionDuration) {
            this.sessionDuration = sessionDuration;
            return this;
        }

        /** Default: 100,000. */
        public Builder maxBindings(int maxBindings) {
            this.maxBindings = maxBindings;
            return this;
        }

        /** Default: 1 hour. */
        public Builder bindingIdle(Duration bindingIdle) {
            this.bindingIdle = bindingIdle;
            return this;
        }

        /** Default: 256. */
        public Builder guessedSessionMinimum(int guessedSessionMinimum) {
            this.guessedSessionMinimum = guessedSessionMinimum;
            return this;
        }

        /** Default: true. */
        public Builder exposeHeaders(boolean exposeHeaders) {
            this.exposeHeaders = exposeHeaders;
            return this;
        }

        /** Default: false. */
        public Builder passAcceptEncoding(boolean passAcceptEncoding) {
            this.passAcceptEncoding = passAcceptEncoding;
            return this;
        }

        /** Default: none. */
        public Builder extraRoutes(List<Route> extraRoutes) {
            this.extraRoutes = List.copyOf(extraRoutes);
            return this;
        }

        /** Default: none. */
        public Builder deniedRoutes(Set<String> deniedRoutes) {
            this.deniedRoutes = Set.copyOf(deniedRoutes);
            return this;
        }

        /** @throws ConfigurationException naming every one that makes no sense */
        public GatewaySettings build() {
            Checks checks = new Checks("the settings");
            checks.positive("maxBodyBytes", maxBodyBytes);
            checks.positive("gatheredBytes", gatheredBytes);
            checks.positive("maxInFlight", maxInFlight);
            checks.positive("maxInFlightPerAccount", maxInFlightPerAccount);
            checks.positive("maxAttempts", maxAttempts);
            checks.positive("commitBytes", commitBytes);
            checks.positive("reloadInterval", reloadInterval);
            checks.positive("shareInterval", shareInterval);
            checks.positive("sessionDuration", sessionDuration);
            checks.positive("maxBindings", maxBindings);
            checks.positive("bindingIdle", bindingIdle);
            checks.positive("guessedSessionMinimum", guessedSessionMinimum);
            checks.done();
            return new GatewaySettings(this);
        }
    }
}
