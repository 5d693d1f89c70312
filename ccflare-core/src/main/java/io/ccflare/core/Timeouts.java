package io.ccflare.core;

import java.time.Duration;

/**
 * How long a gateway waits for what. Immutable.
 *
 * @since 1.0
 */
public final class Timeouts {

    private final Duration deadline;
    private final Duration streamHeaders;
    private final Duration waitForAccount;
    private final Duration commitDelay;
    private final Duration idle;
    private final Duration reader;
    private final Duration untouched;
    private final Duration drain;

    private Timeouts(Builder builder) {
        this.deadline = builder.deadline;
        this.streamHeaders = builder.streamHeaders;
        this.waitForAccount = builder.waitForAccount;
        this.commitDelay = builder.commitDelay;
        this.idle = builder.idle;
        this.reader = builder.reader;
        this.untouched = builder.untouched;
        this.drain = builder.drain;
    }

    /** The defaults. */
    public static Timeouts defaults() {
        return builder().build();
    }

    /** Begins with the defaults, which each setter names. */
    public static Builder builder() {
        return new Builder();
    }

    /** Begins with these. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.deadline = deadline;
        builder.streamHeaders = streamHeaders;
        builder.waitForAccount = waitForAccount;
        builder.commitDelay = commitDelay;
        builder.idle = idle;
        builder.reader = reader;
        builder.untouched = untouched;
        builder.drain = drain;
        return builder;
    }

    /** From the arrival of a request to the beginning of its response, over all attempts. */
    public Duration deadline() {
        return deadline;
    }

    /** How long an upstream may take to begin the answer to a request for a stream; for others the deadline holds. */
    public Duration streamHeaders() {
        return streamHeaders;
    }

    /** How long a request may be held in all for an account to come back or a slot to come free; zero for not at all. */
    public Duration waitForAccount() {
        return waitForAccount;
    }

    /**
     * How long the beginning of an event stream is held back while it has no content, so that an early error can still go
     * elsewhere; zero for not at all.
     */
    public Duration commitDelay() {
        return commitDelay;
    }

    /** How long an upstream may be silent within a response before it counts as cut. */
    public Duration idle() {
        return idle;
    }

    /** How long a client may take no more of a response before it is given up. */
    public Duration reader() {
        return reader;
    }

    /** How long a response may be neither subscribed to nor closed before it is closed. */
    public Duration untouched() {
        return untouched;
    }

    /** How long {@code close()} waits for open calls; zero for not at all. */
    public Duration drain() {
        return drain;
    }

    /** Builds {@link Timeouts}. Not thread-safe. */
    public static final class Builder {

        private Duration deadline = Duration.ofMinutes(10);
        private Duration streamHeaders = Duration.ofMinutes(2);
        private Duration waitForAccount = Duration.ofSeconds(5);
        private Duration commitDelay = Duration.ofSeconds(3);
        private Duration idle = Duration.ofMinutes(5);
        private Duration reader = Duration.ofMinutes(5);
        private Duration untouched = Duration.ofMinutes(1);
        private Duration drain = Duration.ofSeconds(30);

        private Builder() {}

        /** Default: 10 minutes. */
        public Builder deadline(Duration deadline) {
            this.deadline = deadline;
            return this;
        }

        /** Default: 2 minutes. */
        public Builder streamHeaders(Duration streamHeaders) {
            this.streamHeaders = streamHeaders;
            return this;
        }

        /** Default: 5 seconds. */
        public Builder waitForAccount(Duration waitForAccount) {
            this.waitForAccount = waitForAccount;
            return this;
        }

        /** Default: 3 seconds. */
        public Builder commitDelay(Duration commitDelay) {
            this.commitDelay = commitDelay;
            return this;
        }

        /** Default: 5 minutes. */
        public Builder idle(Duration idle) {
            this.idle = idle;
            return this;
        }

        /** Default: 5 minutes. */
        public Builder reader(Duration reader) {
            this.reader = reader;
            return this;
        }

        /** Default: 1 minute. */
        public Builder untouched(Duration untouched) {
            this.untouched = untouched;
            return this;
        }

        /** Default: 30 seconds. */
        public Builder drain(Duration drain) {
            this.drain = drain;
            return this;
        }

        /** @throws ConfigurationException naming every one that makes no sense */
        public Timeouts build() {
            Checks checks = new Checks("the time-outs");
            checks.positive("deadline", deadline);
            checks.positive("streamHeaders", streamHeaders);
            checks.notNegative("waitForAccount", waitForAccount);
            checks.notNegative("commitDelay", commitDelay);
            checks.positive("idle", idle);
            checks.positive("reader", reader);
            checks.positive("untouched", untouched);
            checks.notNegative("drain", drain);
            checks.done();
            return new Timeouts(this);
        }
    }
}
