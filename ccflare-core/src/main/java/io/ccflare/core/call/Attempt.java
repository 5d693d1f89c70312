package io.ccflare.core.call;

import io.ccflare.api.account.Account;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Answer;
import io.ccflare.api.provider.ProviderCall;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.time.TimeSource.Timer;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.pool.Slot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One upstream call for one request on one account: sends it, has the provider judge the answer, and either delivers it or tells the loop
 * why not. Whoever takes it to its next phase first wins; what comes late is closed.
 */
final class Attempt implements Step, StreamForwarder.Owner {

    private enum Phase {
        SENDING,
        READING,
        DELIVERED,
        OVER
    }

    private static final int ERROR_BODY_BYTES = 64 << 10;
    private static final Duration ERROR_BODY_DELAY = Duration.ofSeconds(10);

    private final Call call;
    private final Engine engine;
    private final Facts facts;
    private final Slot slot;
    private final BiConsumer<Slot, Failure> failed;
    private final AttemptNotes notes;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.SENDING);
    private volatile @Nullable CompletableFuture<UpstreamResponse> exchange;
    private volatile @Nullable UpstreamResponse response;
    private volatile @Nullable StreamForwarder forwarder;
    private volatile @Nullable ResponseReader reader;
    private volatile Timer timer = () -> {};
    private volatile Outcome served = Outcome.OK;

    /** @param failed told once if this attempt does not serve, unless it is given up */
    Attempt(Call call, Engine engine, Facts facts, Slot slot, BiConsumer<Slot, Failure> failed) {
        this.call = call;
        this.engine = engine;
        this.facts = facts;
        this.slot = slot;
        this.failed = failed;
        this.notes = new AttemptNotes(slot, engine.time());
    }

    Account account() {
        return slot.account();
    }

    void start() {
        call.enter(this);
        if (phase.get() == Phase.OVER) {
            return;
        }
        CompletableFuture<UpstreamResponse> sent;
        try {
            sent = engine.transport().send(facts.provider().prepare(providerCall(), slot.account()));
        } catch (RuntimeException | Error defect) {
            over(Phase.SENDING, Outcome.GATEWAY_ERROR, "the request could not be prepared");
            call.defect(defect);
            return;
        }
        exchange = sent;
        GatewaySettings settings = call.settings();
        if (facts.stream()) {
            timer = engine.time().after(settings.timeouts().streamHeaders(), this::headersLate);
        }
        if (phase.get() == Phase.OVER) {
            sent.cancel(true);
        }
        sent.whenComplete(this::answered);
    }

    private ProviderCall providerCall() {
        Headers headers =
                HeaderRules.up(call.request().headers(), call.settings().passAcceptEncoding());
        return new ProviderCall(facts.route(), call.request().method(), facts.target(), headers, call.body());
    }

    private void headersLate() {
        if (over(Phase.SENDING, Outcome.TIMED_OUT, "no answer began in time")) {
            cancelExchange();
            fail(Outcome.TIMED_OUT, replayable(), null, "no answer began in time", null);
        }
    }

    private void answered(@Nullable UpstreamResponse answer, @Nullable Throwable failure) {
        try {
            if (answer != null) {
                received(answer);
            } else if (failure != null) {
                unreachable(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        } catch (RuntimeException | Error defect) {
            giveUp(Outcome.GATEWAY_ERROR);
            call.defect(defect);
        }
    }

    private void unreachable(Throwable cause) {
        boolean unsent = cause instanceof TransportException it && it.phase() == TransportException.Phase.CONNECT;
        Outcome outcome = unsent ? Outcome.CONNECT_FAILED : Outcome.DROPPED;
        String detail = String.valueOf(cause.getMessage());
        if (over(Phase.SENDING, outcome, detail)) {
            backOff(detail);
            fail(outcome, unsent ? OnceBody.sendable(call.body()) : replayable(), null, detail, null);
        }
    }

    private void received(UpstreamResponse answer) {
        response = answer;
        notes.status(answer.status());
        if (!phase.compareAndSet(Phase.SENDING, Phase.READING)) {
            answer.close();
            return;
        }
        boolean error = answer.status() >= 400;
        boolean events = !error && isEventStream(answer.headers());
        ResponseReader looksOn = error
                ? new HoldAll()
                : facts.provider().reader(facts.route(), facts.stream(), answer.status(), answer.headers());
        reader = looksOn;
        GatewaySettings settings = call.settings();
        StreamForwarder stream = new StreamForwarder(
                engine.time(),
                looksOn,
                this,
                events ? settings.commitBytes() : ERROR_BODY_BYTES,
                events && facts.route().metered());
        forwarder = stream;
        if (!error) {
            learn(judge(null, null));
        }
        Duration delay = events ? settings.timeouts().commitDelay() : error ? ERROR_BODY_DELAY : null;
        if (delay != null && delay.isZero()) {
            stream.holdNoLonger();
        } else if (delay != null) {
            timer.cancel();
            timer = engine.time().after(delay, stream::holdNoLonger);
        }
        answer.body().subscribe(stream);
        if (phase.get() == Phase.OVER) {
            stream.abandon();
        }
    }

    @Override
    public void opened(StreamForwarder.Opening how, @Nullable Throwable cause) {
        timer.cancel();
        UpstreamResponse answer = response;
        StreamForwarder stream = forwarder;
        if (answer == null || stream == null) {
            return;
        }
        try {
            if (answer.status() >= 400) {
                judgeError(answer, stream, how);
            } else if (how == StreamForwarder.Opening.FAILED) {
                judgeStreamError(answer, stream);
            } else if (how == StreamForwarder.Opening.BROKEN || cause != null) {
                String detail = String.valueOf(cause == null ? null : cause.getMessage());
                backOff(detail);
                refuse(stream, Outcome.DROPPED, replayable(), null, detail, null);
            } else {
                deliver(answer, stream, Outcome.OK);
            }
        } catch (RuntimeException | Error defect) {
            giveUp(Outcome.GATEWAY_ERROR);
            call.defect(defect);
        }
    }

    private void judgeError(UpstreamResponse answer, StreamForwarder stream, StreamForwarder.Opening how) {
        List<ByteBuffer> held = stream.held();
        byte[] body = join(held);
        Verdict verdict = judge(ByteBuffer.wrap(body).asReadOnlyBuffer(), null);
        boolean whole = how != StreamForwarder.Opening.BROKEN;
        if (delivers(verdict.outcome())) {
            if (whole) {
                learn(verdict);
                notes.error(verdict.error());
                deliver(answer, stream, verdict.outcome());
            } else {
                refuse(stream, Outcome.DROPPED, replayable(), null, "the error body broke off", null);
            }
            return;
        }
        learn(verdict);
        rest(verdict);
        Failure.UpstreamAnswer passable = answer.status() >= 500 && how == StreamForwarder.Opening.COMPLETE
                ? new Failure.UpstreamAnswer(answer.status(), answer.headers(), FixedBody.of(body))
                : null;
        boolean movable = answer.status() >= 500 ? replayable() : OnceBody.sendable(call.body());
        refuse(stream, verdict.outcome(), movable, verdict.error(), detail(verdict), passable);
    }

    private void judgeStreamError(UpstreamResponse answer, StreamForwarder stream) {
        ResponseReader looksOn = reader;
        Verdict verdict = judge(null, looksOn == null ? null : looksOn.error());
        learn(verdict);
        if (delivers(verdict.outcome())) {
            notes.error(verdict.error());
            deliver(answer, stream, verdict.outcome());
            return;
        }
        rest(verdict);
        refuse(stream, verdict.outcome(), replayable(), verdict.error(), detail(verdict), null);
    }

    private static boolean delivers(Outcome outcome) {
        return outcome == Outcome.OK || outcome == Outcome.CALLER_ERROR;
    }

    private void deliver(UpstreamResponse answer, StreamForwarder stream, Outcome outcome) {
        if (!phase.compareAndSet(Phase.READING, Phase.DELIVERED)) {
            return;
        }
        served = outcome;
        if (outcome == Outcome.OK) {
            engine.pool().served(slot, facts.modelClass(), call.settings().sessionDuration());
            new Settlement(engine, facts).bind(slot.account());
        }
        Headers.Builder headers = HeaderRules.down(answer.headers());
        if (call.settings().exposeHeaders()) {
            Answers.expose(
                    headers, call.id(), slot.account().name(), call.recorder().attempts() + 1);
        }
        engine.open().watch(stream);
        stream.open();
        GatewayResponse down = GatewayResponse.of(answer.status(), headers.build(), stream.body(), stream::close);
        if (!call.deliver(this, down)) {
            down.close();
        }
    }

    /** This answer does not serve: gives it up and tells the loop. */
    private void refuse(
            StreamForwarder stream,
            Outcome outcome,
            boolean movable,
            @Nullable UpstreamError error,
            @Nullable String detail,
            Failure.@Nullable UpstreamAnswer passable) {
        notes.error(error);
        if (over(Phase.READING, outcome, detail)) {
            stream.abandon();
            fail(outcome, movable, error, detail, passable);
        }
    }

    private void fail(
            Outcome outcome,
            boolean movable,
            @Nullable UpstreamError error,
            @Nullable String detail,
            Failure.@Nullable UpstreamAnswer passable) {
        failed.accept(slot, new Failure(outcome, movable, error == null ? null : error.type(), detail, passable));
    }

    /** Ends the attempt if it is still in that phase: gives the slot back and notes what it was. */
    private boolean over(Phase from, Outcome outcome, @Nullable String detail) {
        if (!phase.compareAndSet(from, Phase.OVER)) {
            return false;
        }
        timer.cancel();
        slot.release();
        call.recorder().attempt(notes.record(outcome, detail, call.recorder()));
        return true;
    }

    @Override
    public void abandon(Outcome why) {
        giveUp(why);
    }

    private void giveUp(Outcome why) {
        if (over(Phase.SENDING, why, null)) {
            cancelExchange();
        } else if (over(Phase.READING, why, null)) {
            StreamForwarder stream = forwarder;
            if (stream != null) {
                stream.abandon();
            }
        }
    }

    private void cancelExchange() {
        CompletableFuture<UpstreamResponse> sent = exchange;
        if (sent != null) {
            sent.cancel(true);
        }
    }

    /** Ends an open response from the gateway's side. */
    void breakOff(String why) {
        StreamForwarder stream = forwarder;
        if (stream != null) {
            stream.breakOff(why);
        }
    }

    @Override
    public void ended(Ending how, @Nullable Throwable cause) {
        StreamForwarder stream = forwarder;
        ResponseReader looksOn = reader;
        if (stream == null || looksOn == null) {
            return;
        }
        engine.open().unwatch(stream);
        UpstreamError[] error = new UpstreamError[1];
        stream.whileReaderRests(() -> {
            error[0] = looksOn.error();
            call.recorder().body(looksOn, facts.route().metered(), how == Ending.COMPLETE, engine.prices());
        });
        String detail = cause == null ? null : cause.getMessage();
        Outcome outcome = Settlement.outcome(served, how, error[0]);
        if (served == Outcome.OK && outcome == Outcome.STREAM_ERROR) {
            Verdict verdict = judge(null, error[0]);
            rest(verdict);
            detail = detail(verdict);
            notes.error(error[0]);
        } else if (outcome == Outcome.CUT || outcome == Outcome.TIMED_OUT) {
            backOff(detail);
        }
        if (outcome != Outcome.OK && outcome != served && outcome != Outcome.CANCELLED) {
            new Settlement(engine, facts).unbind();
            call.recorder().problem(error[0] == null ? null : error[0].type(), detail);
        }
        over(Phase.DELIVERED, outcome, detail);
        call.finish(outcome, stream.bytes(), stream.firstByteAt());
    }

    @Override
    public byte @Nullable [] lastWords(Ending how) {
        UpstreamResponse answer = response;
        if (answer == null || answer.headers().contains("content-length")) {
            return null;
        }
        String message = how == Ending.IDLE
                ? "The upstream fell silent; what came before is incomplete."
                : "The upstream broke the stream off; what came before is incomplete.";
        return facts.provider().problemEvent(call.problem(502, message, null));
    }

    private Verdict judge(@Nullable ByteBuffer body, @Nullable UpstreamError streamError) {
        UpstreamResponse answer = response;
        if (answer == null) {
            throw new IllegalStateException("nothing to judge yet");
        }
        Verdict verdict = facts.provider()
                .judge(new Answer(
                        facts.route(),
                        facts.modelClass(),
                        answer.status(),
                        answer.headers(),
                        body,
                        streamError,
                        engine.time().now()));
        notes.upstreamRequestId(verdict.upstreamRequestId());
        return verdict;
    }

    private void learn(Verdict verdict) {
        engine.pool().learn(slot, verdict.windows(), verdict.quotaDomain());
    }

    private void rest(Verdict verdict) {
        Verdict.Rest rest = verdict.rest();
        if (rest != null) {
            engine.pool().rest(slot, rest, detail(verdict));
        }
    }

    private void backOff(@Nullable String detail) {
        engine.pool().rest(slot, Settlement.BACKOFF, detail);
    }

    private static @Nullable String detail(Verdict verdict) {
        UpstreamError error = verdict.error();
        return error == null ? null : Settlement.detail(error);
    }

    private boolean replayable() {
        return facts.route().replayable(call.request().method()) && OnceBody.sendable(call.body());
    }

    private static boolean isEventStream(Headers headers) {
        String type = headers.first("content-type");
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
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
