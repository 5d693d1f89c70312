package io.ccflare.core.anthropic;

import io.ccflare.api.provider.Verdict.Rest;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.state.Cooldown.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an answer was, and the rest that follows from it. */
record Finding(Outcome outcome, @Nullable Rest rest) {

    static Finding of(Outcome outcome) {
        return new Finding(outcome, null);
    }

    static Finding of(
            Outcome outcome, Kind kind, @Nullable String modelClass, @Nullable Instant until, boolean accountOnly) {
        return new Finding(outcome, new Rest(kind, modelClass, until, accountOnly));
    }
}
