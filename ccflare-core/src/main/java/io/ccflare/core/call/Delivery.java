package io.ccflare.core.call;

import io.ccflare.api.account.Account;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.time.TimeSource.Timer;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.core.Timeouts;
import io.ccflare.core.pool.Slot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An upstream's answer on its way to the caller: held until it is known whether it serves, then either delivered or refused for
 * the next account to try. Whoever ends it first wins.
 */
final class Delivery implements Step, StreamForwarder.Owner {

    private enum Phase {
        HOLDING,
        DELIVERED,
        OVER
    }

    private static final int NOT_MODIFIED = 304;
    private static final int ERROR_BODY_BYTES = 64 << 10;
    private static final Duration ERROR_BODY_DELAY = Duration.ofSeconds(10);

    private final Call call;
    private final Engine engine;
    private final Facts facts;
    private final Slot slot;
    private final AttemptNotes notes;
    private final UpstreamResponse answer;
    private final BiConsumer<Slot, Failure> failed;
    private final boolean error;
    private final boolean events;
    private final boolean mustBeWhole;
    private final ResponseReader reader;
    private final StreamForwarder stream;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.HOLDING);
    private volatile Timer timer = () -> {};
    private volatile Outcome served = Outcome.OK;

    Delivery(
            Call call,
            Engine engine,
            Facts facts,
            Slot slot,
            AttemptNotes notes,
            UpstreamResponse answer,
            BiConsumer<Slot, Failure> failed) {
        this.call = call;
        this.engine = engine;
        this.facts = facts;
        this.slot = slot;
        this.notes = notes;
        this.answer = answer;
        this.failed = failed;
        this.error = answer.status() >= 300 && answer.status() != NOT_MODIFIED;
        this.events = !error && isEventStream(answer.headers());
        this.reader = error
                ? new HoldAll()
                : facts.provider().reader(facts.route(), facts.stream(), answer.status(), answer.headers());
        int holdBytes = events ? call.settings().commitBytes() : ERROR_BODY_BYTES;
        this.mustBeWhole = events && facts.route().metered();
        this.stream = new StreamForwarder(engine.time(), reader, this, holdBytes, mustBeWhole);
    }

    void start() {
        call.enter(this);
        if (phase.get() == Phase.OVER) {
            return;
        }
        if (!error) {
            notes.judge(answer, null, null);
        }
        Timeouts timeouts = call.settings().timeouts();
        if (events && timeouts.commitDelay().isZero()) {
            stream.holdNoLonger();
        } else if (events || error) {
            Duration delay = events ? timeouts.commitDelay() : ERROR_BODY_DELAY;
            timer = engine.time().after(delay, stream::holdNoLonger);
        }
        answer.body().subscribe(stream);
        if (phase.get() == Phase.OVER) {
            timer.cancel();
        }
    }

    private static boolean isEventStream(Headers headers) {
        String type = headers.first("content-type");
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }

    Account account() {
        return slot.account();
    }

    @Override
    public void opened(StreamForwarder.Opening how, @Nullable Throwable cause) {
        timer.cancel();
        try {
            if (error) {
                judgeError(how);
            } else if (how == StreamForwarder.Opening.FAILED) {
                judgeStreamError();
            } else if (how == StreamForwarder.Opening.BROKEN || cause != null) {
                String detail = cause == null ? "the answer broke off" : cause.getMessage();
                notes.backOff(detail);
                refuse(new Failure(Outcome.DROPPED, notes.replayable(), null, detail, null));
            } else {
                deliver(Outcome.OK);
            }
        } catch (RuntimeException | Error defect) {
            abandon(Outcome.GATEWAY_ERROR);
            call.defect(defect);
        }
    }

    private void judgeError(StreamForwarder.Opening how) {
        byte[] body = join(stream.held());
        Verdict verdict = notes.judge(answer, ByteBuffer.wrap(body).asReadOnlyBuffer(), null);
        if (!delivers(verdict)) {
            boolean fails = answer.status() >= 500;
            Failure.UpstreamAnswer passable = fails && how == StreamForwarder.Opening.COMPLETE
                    ? new Failure.UpstreamAnswer(answer.status(), answer.headers(), FixedBody.of(body))
                    : null;
            notes.rest(verdict);
            refuse(failure(verdict, fails ? notes.replayable() : OnceBody.sendable(call.body()), passable));
        } else if (how == StreamForwarder.Opening.BROKEN) {
            refuse(new Failure(Outcome.DROPPED, notes.replayable(), null, "the error body broke off", null));
        } else {
            deliver(verdict.outcome());
        }
    }

    private void judgeStreamError() {
        Verdict verdict = notes.judge(answer, null, reader.error());
        if (delivers(verdict)) {
            deliver(verdict.outcome());
        } else {
            notes.rest(verdict);
            refuse(failure(verdict, notes.replayable(), null));
        }
    }

    private static boolean delivers(Verdict verdict) {
        return verdict.outcome() == Outcome.OK || verdict.outcome() == Outcome.CALLER_ERROR;
    }

    private static Failure failure(Verdict verdict, boolean movable, Failure.@Nullable UpstreamAnswer passable) {
        UpstreamError told = verdict.error();
        String type = told == null ? null : told.type();
        return new Failure(verdict.outcome(), movable, type, AttemptNotes.detail(verdict), passable);
    }

    /** This answer does not serve: gives it up and tells the loop. */
    private void refuse(Failure failure) {
        if (over(Phase.HOLDING, failure.outcome(), failure.detail())) {
            stream.abandon();
            failed.accept(slot, failure);
        }
    }

    private void deliver(Outcome outcome) {
        Headers.Builder headers = HeaderRules.down(answer.headers());
        if (events) {
            // With a length that fits by chance, a stream without its last event would look whole.
            headers.removeIf("content-length"::equalsIgnoreCase);
        }
        if (call.settings().exposeHeaders()) {
            Answers.expose(
                    headers, call.id(), slot.account().name(), call.recorder().attempts() + 1);
        }
        if (!phase.compareAndSet(Phase.HOLDING, Phase.DELIVERED)) {
            return;
        }
        served = outcome;
        if (outcome == Outcome.OK) {
            engine.pool().served(slot, facts.modelClass(), call.settings().sessionDuration());
            new Settlement(engine, facts).bind(slot.account());
        }
        engine.open().watch(stream);
        stream.open();
        GatewayResponse down = GatewayResponse.of(answer.status(), headers.build(), stream.body(), stream::close);
        if (!call.deliver(this, down)) {
            down.close();
        }
    }

    private boolean over(Phase from, Outcome outcome, @Nullable String detail) {
        if (!phase.compareAndSet(from, Phase.OVER)) {
            return false;
        }
        timer.cancel();
        notes.end(outcome, detail);
        return true;
    }

    @Override
    public void abandon(Outcome why) {
        if (over(Phase.HOLDING, why, null)) {
            readOut(false);
            stream.abandon();
            answer.close();
        }
    }

    /** Ends an open response from the gateway's side. */
    void breakOff(String why) {
        stream.breakOff(why);
    }

    /** Records what the reader saw. */
    private void readOut(boolean whole) {
        boolean metered = facts.route().metered() && !error;
        try {
            stream.whileReaderRests(() -> call.recorder().body(reader, metered, whole, engine.prices()));
        } catch (RuntimeException | Error defect) {
            call.report(defect);
        }
    }

    @Override
    public void ended(Ending seenFromHere, @Nullable Throwable cause) {
        engine.open().unwatch(stream);
        String detail = cause == null ? null : cause.getMessage();
        Outcome outcome = Settlement.outcome(served, seenFromHere, null);
        try {
            Ending how = seenFromHere;
            if (how == Ending.CANCELLED && callerHasAll()) {
                how = Ending.COMPLETE;
                stream.whileReaderRests(reader::end);
            }
            UpstreamError told = reader.error();
            outcome = Settlement.outcome(served, how, told);
            detail = settle(how, outcome, told, detail);
        } catch (RuntimeException | Error defect) {
            call.report(defect);
        }
        over(Phase.DELIVERED, outcome, detail);
        call.finish(outcome, stream.bytes(), stream.firstByteAt());
    }

    /** Records the body and draws the conclusions of how it ended. @return what is to be said of it */
    private @Nullable String settle(Ending how, Outcome outcome, @Nullable UpstreamError told, @Nullable String cause) {
        String detail = cause;
        readOut(how == Ending.COMPLETE);
        if (outcome == Outcome.STREAM_ERROR) {
            Verdict verdict = notes.judge(answer, null, told);
            notes.rest(verdict);
            detail = AttemptNotes.detail(verdict);
        } else if (outcome == Outcome.CUT || outcome == Outcome.TIMED_OUT) {
            notes.backOff(detail);
        }
        if (outcome != served && outcome != Outcome.CANCELLED) {
            call.recorder().problem(told == null ? null : told.type(), detail);
            if (how != Ending.SHUT_DOWN) {
                new Settlement(engine, facts).unbind();
            }
        }
        return detail;
    }

    /** Many a caller hangs up on the last byte of a response, or on the last event of a stream, before its end is seen here. */
    private boolean callerHasAll() {
        if (mustBeWhole) {
            return reader.whole() && stream.passedAll();
        }
        String length = answer.headers().first("content-length");
        return length != null && length.equals(Long.toString(stream.bytes()));
    }

    @Override
    public byte @Nullable [] lastWords(Ending how) {
        String message = how == Ending.IDLE
                ? "The upstream fell silent; what came before is incomplete."
                : "The upstream broke the stream off; what came before is incomplete.";
        try {
            if (mustBeWhole && reader.whole()) {
                return null;
            }
            return facts.provider().problemEvent(call.problem(502, message, null));
        } catch (RuntimeException | Error defect) {
            call.report(defect);
            return null;
        }
    }

    private static byte[] join(List<ByteBuffer> buffers) {
        byte[] joined =
                new byte[buffers.stream().mapToInt(ByteBuffer::remaining).sum()];
        int at = 0;
        for (ByteBuffer buffer : buffers) {
            int length = buffer.remaining();
            buffer.get(joined, at, length);
            at += length;
        }
        return joined;
    }
}
