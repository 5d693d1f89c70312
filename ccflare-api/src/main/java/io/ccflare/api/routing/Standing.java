package io.ccflare.api.routing;

/**
 * Whether an account can be used for a request right now, and if not, why. Decided by the engine before a strategy is asked.
 *
 * @since 1.0
 */
public enum Standing {
    /** May be picked. */
    USABLE,
    /** Failed a moment ago: comes into play only when no other account can serve. */
    BACKING_OFF,
    /** All its calls in flight are taken. */
    AT_LIMIT,
    /** A usage window or a spending limit is used up. */
    COOLING,
    /** Its credential was refused: its operator must act. */
    SIGN_IN_NEEDED,
    /** It may not do this (403). */
    NOT_PERMITTED,
    /** Its operator took it out of use. */
    PAUSED,
    /** This request has tried it. */
    TRIED,
    /** This request belongs to another account: what it names lives there. */
    NOT_THE_OWNER;

    /** Whether it may be picked. */
    public boolean usable() {
        return this == USABLE;
    }
}
