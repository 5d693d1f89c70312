package io.ccflare.core.call;

import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.time.TimeSource;
import io.ccflare.core.pool.Slot;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is to be recorded of one attempt. */
final class AttemptNotes {

    private final Slot slot;
    private final TimeSource time;
    private final long startedNanos;
    private volatile int status;
    private volatile @Nullable UpstreamError error;
    private volatile @Nullable String upstreamRequestId;

    AttemptNotes(Slot slot, TimeSource time) {
        this.slot = slot;
        this.time = time;
        this.startedNanos = time.nanos();
    }

    void status(int status) {
        this.status = status;
    }

    void error(@Nullable UpstreamError error) {
        this.error = error;
    }

    void upstreamRequestId(@Nullable String id) {
        this.upstreamRequestId = id;
    }

    AttemptRecord record(Outcome outcome, @Nullable String detail, Recorder recorder) {
        UpstreamError told = error;
        return new AttemptRecord(
                slot.account().id(),
                slot.account().name(),
                slot.reason(),
                outcome,
                status,
                recorder.since(startedNanos),
                Duration.ofNanos(time.nanos() - startedNanos),
                told == null ? null : told.type(),
                detail,
                upstreamRequestId);
    }
}
