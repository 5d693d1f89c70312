package io.ccflare.api.provider;

import io.ccflare.api.record.Outcome;
import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.UsageWindow;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a provider makes of an answer: what it was, what it says of the account's limits, and for how long the account should rest.
 * Immutable.
 *
 * @since 1.0
 */
public final class Verdict {

    /**
     * How long an account, or a part of it, should not be offered.
     *
     * @param kind what for
     * @param modelClass the model class concerned; null for all
     * @param until when it ends; null leaves it to the gateway, which backs off in growing steps
     * @param accountOnly true when it is this credential's alone; false when it counts for all accounts of its quota domain
     */
    public record Rest(
            Cooldown.Kind kind,
            @Nullable String modelClass,
            @Nullable Instant until,
            boolean accountOnly) {
        public Rest {
            Objects.requireNonNull(kind, "kind");
        }
    }

    private final Outcome outcome;
    private final @Nullable Rest rest;
    private final List<UsageWindow> windows;
    private final @Nullable String quotaDomain;
    private final @Nullable UpstreamError error;
    private final @Nullable String upstreamRequestId;

    private Verdict(Builder builder) {
        this.outcome = builder.outcome;
        this.rest = builder.rest;
        this.windows = builder.windows;
        this.quotaDomain = builder.quotaDomain;
        this.error = builder.error;
        this.upstreamRequestId = builder.upstreamRequestId;
    }

    /** Begins a verdict that asks for no rest and tells of nothing. */
    public static Builder builder(Outcome outcome) {
        return new Builder(outcome);
    }

    /** What the answer was: {@link Outcome#OK} and {@link Outcome#CALLER_ERROR} go to the caller, all else is tried elsewhere. */
    public Outcome outcome() {
        return outcome;
    }

    /** For how long the account should rest; null for not at all. */
    public @Nullable Rest rest() {
        return rest;
    }

    /** The usage windows that the headers told; empty when none. */
    public List<UsageWindow> windows() {
        return windows;
    }

    /** What the headers say the account's limits belong to; null when they do not. */
    public @Nullable String quotaDomain() {
        return quotaDomain;
    }

    /** The error in the provider's words; null when there was none or it could not be read. */
    public @Nullable UpstreamError error() {
        return error;
    }

    /** The provider's own id of the call; null when none was told. */
    public @Nullable String upstreamRequestId() {
        return upstreamRequestId;
    }

    /** Builds a {@link Verdict}. Not thread-safe. */
    public static final class Builder {

        private final Outcome outcome;
        private @Nullable Rest rest;
        private List<UsageWindow> windows = List.of();
        private @Nullable String quotaDomain;
        private @Nullable UpstreamError error;
        private @Nullable String upstreamRequestId;

        private Builder(Outcome outcome) {
            this.outcome = Objects.requireNonNull(outcome, "outcome");
        }

        public Builder rest(@Nullable Rest rest) {
            this.rest = rest;
            return this;
        }

        public Builder windows(List<UsageWindow> windows) {
            this.windows = List.copyOf(windows);
            return this;
        }

        public Builder quotaDomain(@Nullable String quotaDomain) {
            this.quotaDomain = quotaDomain;
            return this;
        }

        public Builder error(@Nullable UpstreamError error) {
            this.error = error;
            return this;
        }

        public Builder upstreamRequestId(@Nullable String upstreamRequestId) {
            this.upstreamRequestId = upstreamRequestId;
            return this;
        }

        public Verdict build() {
            return new Verdict(this);
        }
    }
}
