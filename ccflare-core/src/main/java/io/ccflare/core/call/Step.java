package io.ccflare.core.call;

import io.ccflare.api.record.Outcome;

/** What a call is doing at the moment. */
@FunctionalInterface
interface Step {
    /** Gives it up without a word to the call. Idempotent; does nothing once the step is done. */
    void abandon(Outcome why);
}
