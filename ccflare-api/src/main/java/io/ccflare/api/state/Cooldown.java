package io.ccflare.api.state;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Until when something is not offered, and why.
 *
 * @param domain whose: a quota domain, or the id of the one account concerned
 * @param modelClass the model class concerned; null for all of them
 * @param kind what it is for
 * @param until when it ends
 * @param since when it was set; a success of a call that began later clears it
 * @param detail the refusal in the provider's words, for people; null when there were none
 * @since 1.0
 */
public record Cooldown(
        String domain,
        @Nullable String modelClass,
        Kind kind,
        Instant until,
        Instant since,
        @Nullable String detail) {

    /** What a cooldown is for. */
    public enum Kind {
        /** A usage window is used up, until its reset or as long as {@code Retry-After} says. */
        WINDOW,
        /** A spending limit is reached; lifted by the account's owner. */
        SPEND_CAP,
        /** The credential was refused: sign in again, or give the account another key. */
        CREDENTIAL,
        /** The account may not do this (403). */
        PERMISSION,
        /** Overload, errors or a throttled request: offered still, but after all others. */
        BACKOFF,
        /** Told by a newer version; kept like {@link #WINDOW}. */
        UNKNOWN
    }

    public Cooldown {
        Objects.requireNonNull(domain, "domain");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(until, "until");
        Objects.requireNonNull(since, "since");
    }

    /** Whether it concerns a request for this model class; null means a request whose class is not known. */
    public boolean concerns(@Nullable String requestedClass) {
        return modelClass == null || modelClass.equals(requestedClass);
    }
}
