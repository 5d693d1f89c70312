package io.ccflare.core.call;

import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.ProviderCall;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.time.TimeSource.Timer;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.core.pool.Slot;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One upstream call for one request on one account, up to its answer, which a {@link Delivery} takes on. Whoever ends it first
 * wins; an answer that comes late is closed.
 */
final class Attempt implements Step {

    private enum Phase {
        SENDING,
        ANSWERED,
        OVER
    }

    private final Call call;
    private final Engine engine;
    private final Facts facts;
    private final Slot slot;
    private final BiConsumer<Slot, Failure> failed;
    private final AttemptNotes notes;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.SENDING);
    private volatile @Nullable CompletableFuture<UpstreamResponse> exchange;
    private volatile Timer timer = () -> {};

    /** @param failed told once if this attempt does not serve, unless it is given up */
    Attempt(Call call, Engine engine, Facts facts, Slot slot, BiConsumer<Slot, Failure> failed) {
        this.call = call;
        this.engine = engine;
        this.facts = facts;
        this.slot = slot;
        this.failed = failed;
        this.notes = new AttemptNotes(call, engine, facts, slot);
    }

    void start() {
        call.enter(this);
        if (phase.get() == Phase.OVER) {
            return;
        }
        CompletableFuture<UpstreamResponse> sent;
        try {
            sent = Objects.requireNonNull(
                    engine.transport().send(facts.provider().prepare(providerCall(), slot.account())),
                    "the transport gave no future");
        } catch (RuntimeException | Error defect) {
            over(Outcome.GATEWAY_ERROR, "the request could not be prepared");
            call.defect(defect);
            return;
        }
        exchange = sent;
        if (facts.stream()) {
            timer = engine.time().after(call.settings().timeouts().streamHeaders(), this::headersLate);
        }
        if (phase.get() == Phase.OVER) {
            timer.cancel();
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
        String detail = "no answer began in time";
        if (over(Outcome.TIMED_OUT, detail)) {
            cancelExchange();
            notes.backOff(detail);
            failed.accept(slot, new Failure(Outcome.TIMED_OUT, notes.replayable(), null, detail, null));
        }
    }

    private void answered(@Nullable UpstreamResponse answer, @Nullable Throwable failure) {
        try {
            if (failure == null) {
                received(Objects.requireNonNull(answer, "the transport completed a call without an answer"));
            } else {
                Throwable cause = failure.getCause();
                unreachable(failure instanceof CompletionException && cause != null ? cause : failure);
            }
        } catch (RuntimeException | Error defect) {
            abandon(Outcome.GATEWAY_ERROR);
            call.defect(defect);
        }
    }

    private void received(UpstreamResponse answer) {
        if (!phase.compareAndSet(Phase.SENDING, Phase.ANSWERED)) {
            answer.close();
            return;
        }
        timer.cancel();
        Delivery delivery;
        try {
            delivery = new Delivery(call, engine, facts, slot, notes, answer, failed);
        } catch (RuntimeException | Error defect) {
            answer.close();
            notes.end(Outcome.GATEWAY_ERROR, "the answer could not be read");
            throw defect;
        }
        delivery.start();
    }

    private void unreachable(Throwable cause) {
        if (OnceBody.broken(call.body())) {
            if (over(Outcome.BAD_REQUEST, "the request body broke off")) {
                call.broken(cause);
            }
            return;
        }
        boolean unsent = cause instanceof TransportException it && it.phase() == TransportException.Phase.CONNECT;
        Outcome outcome = unsent ? Outcome.CONNECT_FAILED : Outcome.DROPPED;
        String detail = String.valueOf(cause.getMessage());
        if (over(outcome, detail)) {
            notes.backOff(detail);
            boolean movable = unsent ? OnceBody.sendable(call.body()) : notes.replayable();
            failed.accept(slot, new Failure(outcome, movable, null, detail, null));
        }
    }

    private boolean over(Outcome outcome, @Nullable String detail) {
        if (!phase.compareAndSet(Phase.SENDING, Phase.OVER)) {
            return false;
        }
        timer.cancel();
        notes.end(outcome, detail);
        return true;
    }

    @Override
    public void abandon(Outcome why) {
        if (over(why, null)) {
            cancelExchange();
            if (why == Outcome.TIMED_OUT) {
                notes.backOff("no answer began before the deadline");
                new Settlement(engine, facts).unbind();
            }
        }
    }

    private void cancelExchange() {
        CompletableFuture<UpstreamResponse> sent = exchange;
        if (sent != null) {
            sent.cancel(true);
        }
    }
}
