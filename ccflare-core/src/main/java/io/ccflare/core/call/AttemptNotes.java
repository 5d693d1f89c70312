package io.ccflare.core.call;

import io.ccflare.api.provider.Answer;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.core.pool.Slot;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is learned from one attempt: for the record, and for the pool. */
final class AttemptNotes {

    private final Call call;
    private final Engine engine;
    private final Facts facts;
    private final Slot slot;
    private final long startedNanos;
    private volatile int status;
    private volatile @Nullable UpstreamError error;
    private volatile @Nullable String upstreamRequestId;

    AttemptNotes(Call call, Engine engine, Facts facts, Slot slot) {
        this.call = call;
        this.engine = engine;
        this.facts = facts;
        this.slot = slot;
        this.startedNanos = engine.time().nanos();
    }

    /** Has the provider judge an answer, and takes in what its headers tell of the account. */
    Verdict judge(UpstreamResponse answer, @Nullable ByteBuffer body, @Nullable UpstreamError streamError) {
        status = answer.status();
        Verdict verdict = facts.provider()
                .judge(new Answer(
                        facts.route(),
                        facts.modelClass(),
                        answer.status(),
                        answer.headers(),
                        body,
                        streamError,
                        engine.time().now()));
        upstreamRequestId = verdict.upstreamRequestId();
        error = verdict.error() == null ? error : verdict.error();
        engine.pool().learn(slot, verdict.windows(), verdict.quotaDomain());
        return verdict;
    }

    /** Lets the account rest as a verdict says. */
    void rest(Verdict verdict) {
        Verdict.Rest rest = verdict.rest();
        if (rest != null) {
            engine.pool().rest(slot, rest, detail(verdict));
        }
    }

    /** Lets the account rest after a failure that the provider had no word on. */
    void backOff(@Nullable String detail) {
        engine.pool().rest(slot, Settlement.BACKOFF, detail);
    }

    /** The provider's words on an error; null when it had none. */
    static @Nullable String detail(Verdict verdict) {
        UpstreamError told = verdict.error();
        return told == null ? null : Settlement.detail(told);
    }

    /** Whether the request may be sent again though it may have been carried out. */
    boolean replayable() {
        return facts.route().replayable(call.request().method()) && OnceBody.sendable(call.body());
    }

    /** The attempt is over: gives the slot back and records what it was. */
    void end(Outcome outcome, @Nullable String detail) {
        slot.release();
        UpstreamError told = error;
        Recorder recorder = call.recorder();
        recorder.attempt(new AttemptRecord(
                slot.account().id(),
                slot.account().name(),
                slot.reason(),
                outcome,
                status,
                recorder.since(startedNanos),
                Duration.ofNanos(engine.time().nanos() - startedNanos),
                told == null ? null : told.type(),
                detail,
                upstreamRequestId));
    }
}
