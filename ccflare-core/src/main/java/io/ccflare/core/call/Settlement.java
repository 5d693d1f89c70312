package io.ccflare.core.call;

import io.ccflare.api.account.Account;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.StateChange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an answer means for the binding of its session, and for the record. */
final class Settlement {

    /** After a failure that the provider had no word on. */
    static final Verdict.Rest BACKOFF = new Verdict.Rest(Cooldown.Kind.BACKOFF, null, null, true);

    private static final int LONGEST_DETAIL = 500;

    private final Engine engine;
    private final @Nullable String session;

    Settlement(Engine engine, Facts facts) {
        this.engine = engine;
        SessionKey key = facts.session();
        this.session = key == null ? null : key.digest();
    }

    /** The session is served by this account from now on. */
    void bind(Account account) {
        if (session != null) {
            Instant now = engine.time().now();
            engine.bindings().bind(session, account.id(), now.toEpochMilli());
            engine.changes().accept(new StateChange.Bound(session, account.id(), now));
        }
    }

    /** The session failed where it was: its next request looks anew. */
    void unbind() {
        if (session != null) {
            Instant now = engine.time().now();
            if (engine.bindings().unbind(session, now.toEpochMilli())) {
                engine.changes().accept(new StateChange.Unbound(session, now));
            }
        }
    }

    /** What a delivered response was in the end. */
    static Outcome outcome(Outcome served, Ending how, @Nullable UpstreamError error) {
        return switch (how) {
            case CANCELLED, UNREAD -> Outcome.CANCELLED;
            case CUT -> Outcome.CUT;
            case IDLE -> Outcome.TIMED_OUT;
            case SHUT_DOWN -> Outcome.BUSY;
            case COMPLETE -> served == Outcome.OK && error != null ? Outcome.STREAM_ERROR : served;
        };
    }

    /** A provider's words, short enough to keep. */
    static String detail(UpstreamError error) {
        String message = error.message();
        String text = message == null ? error.type() : message;
        return text.length() <= LONGEST_DETAIL ? text : text.substring(0, LONGEST_DETAIL);
    }
}
