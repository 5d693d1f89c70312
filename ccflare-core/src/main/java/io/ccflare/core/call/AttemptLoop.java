package io.ccflare.core.call;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Problem;
import io.ccflare.api.record.Fault;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.Skipped;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.routing.Standing;
import io.ccflare.core.pool.Choice;
import io.ccflare.core.pool.Slot;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tries accounts one after the other until one serves, waits for one within bounds, or says why none does. One attempt at a time; each step
 * begins when the one before is over, so nothing here needs a lock.
 */
final class AttemptLoop {

    /** A slot that came free may have gone to another: so often is looked though nobody told. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private static final int RETRY_FLOOR_MILLIS = 100;
    private static final int RETRY_SPREAD_MILLIS = 201;

    private final Call call;
    private final Engine engine;
    private final Facts facts;
    private final RoutingRequest routing;
    private final Set<String> tried = new HashSet<>();
    private final Set<String> triedTwice = new HashSet<>();
    private Duration waited = Duration.ZERO;
    private int faults;
    private @Nullable Failure last;

    /** The last failure whose answer can be passed on. */
    private @Nullable Failure answered;

    AttemptLoop(Call call, Engine engine, Facts facts) {
        this.call = call;
        this.engine = engine;
        this.facts = facts;
        this.routing = facts.routing(call.request().caller());
    }

    /** Chooses an account and tries it. */
    void next() {
        if (call.settled()) {
            return;
        }
        Choice choice = choose();
        if (choice instanceof Choice.Taken taken) {
            attempt(taken.slot());
        } else if (choice instanceof Choice.Nobody nobody) {
            waitOrConclude(nobody);
        }
    }

    private Choice choose() {
        RoutingStrategy strategy = engine.strategies().apply(call.settings().sessionDuration());
        Choice choice = engine.balancer().choose(routing, facts.route(), strategy, tried);
        call.recorder().skipped(choice::skipped);
        return choice;
    }

    private void attempt(Slot slot) {
        new Attempt(call, engine, facts, slot, this::failed).start();
    }

    private void failed(Slot slot, Failure failure) {
        try {
            goOn(slot, failure);
        } catch (RuntimeException | Error defect) {
            call.defect(defect);
        }
    }

    private void goOn(Slot slot, Failure failure) {
        last = failure;
        answered = failure.answer() != null ? failure : answered;
        faults += failure.refusal() ? 0 : 1;
        String account = slot.account().id();
        if (call.settled()) {
            return;
        }
        if (!failure.movable() || faults >= call.settings().maxAttempts()) {
            tried.add(account);
            conclude(choose());
            return;
        }
        boolean mayTryAgain = failure.passing() && !triedTwice.contains(account);
        if (mayTryAgain && engine.balancer().warmOn(routing.session(), account)) {
            tryAgain(slot);
            return;
        }
        tried.add(account);
        Choice choice = choose();
        if (choice instanceof Choice.Taken taken) {
            attempt(taken.slot());
        } else if (mayTryAgain) {
            tryAgain(slot);
        } else if (choice instanceof Choice.Nobody nobody) {
            waitOrConclude(nobody);
        }
    }

    /** Once more on the same account after a breath. */
    private void tryAgain(Slot before) {
        triedTwice.add(before.account().id());
        Duration breath = Duration.ofMillis(RETRY_FLOOR_MILLIS + engine.jitter().nextInt(RETRY_SPREAD_MILLIS));
        pause(breath, false, () -> {
            Slot slot = engine.balancer().again(before);
            if (slot == null) {
                tried.add(before.account().id());
                next();
            } else {
                attempt(slot);
            }
        });
    }

    private void waitOrConclude(Choice.Nobody nobody) {
        Instant until = nobody.waitUntil();
        Duration left = call.settings().timeouts().waitForAccount().minus(waited);
        Instant now = engine.time().now();
        boolean waits = until != null && left.compareTo(Duration.ZERO) > 0 && !until.isAfter(now.plus(left));
        if (!waits || !OnceBody.sendable(call.body())) {
            conclude(nobody);
            return;
        }
        Duration known = Duration.between(now, until);
        Duration look = left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN;
        long began = engine.time().nanos();
        Runnable resume = () -> {
            waited = waited.plusNanos(Math.max(1, engine.time().nanos() - began));
            tried.clear();
            next();
        };
        pause(known.compareTo(Duration.ZERO) > 0 ? known : look, true, resume);
    }

    /** Goes on after a while, or, when waiting for an account, as soon as something changed in the pool. */
    private void pause(Duration length, boolean forAccount, Runnable resume) {
        Pause pause = new Pause(call, resume);
        // Before anything can end the pause: what comes after it enters the call too.
        call.enter(pause);
        pause.begin(engine, length, forAccount);
    }

    /** No account serves: the session is bound no longer, and the caller learns why. */
    private void conclude(Choice choice) {
        if (choice instanceof Choice.Taken taken) {
            taken.slot().release();
        }
        if (last != null) {
            new Settlement(engine, facts).unbind();
        }
        Failure failure = last;
        if (answered != null && answered.answer() != null) {
            passOn(answered.answer(), answered);
        } else if (failure != null && failure.outcome().fault() == Fault.NETWORK) {
            boolean late = failure.outcome() == Outcome.TIMED_OUT;
            String message = "No account could be reached: " + failure.detail() + ".";
            call.answer(failure.outcome(), call.problem(late ? 504 : 502, message, null));
        } else if (failure != null && failure.outcome() == Outcome.OVERLOADED) {
            call.answer(failure.outcome(), call.problem(529, "The provider is overloaded: " + failure.detail(), null));
        } else if (failure != null && failure.outcome() == Outcome.SERVER_ERROR) {
            call.answer(failure.outcome(), call.problem(500, "The provider failed: " + failure.detail(), null));
        } else if (choice instanceof Choice.Nobody nobody) {
            call.answer(unserved(nobody), explain(nobody));
        } else if (failure != null && !failure.movable()) {
            String message = "The account could not serve, and the body can be sent only once. Send the request again.";
            call.answer(failure.outcome(), call.problem(503, message, call.soon()));
        } else {
            call.answer(Outcome.EXHAUSTED, call.problem(502, "Too many attempts failed.", null));
        }
    }

    private void passOn(Failure.UpstreamAnswer upstream, Failure failure) {
        Headers.Builder headers = HeaderRules.down(upstream.headers());
        if (call.settings().exposeHeaders()) {
            Answers.expose(headers, call.id(), null, call.recorder().attempts());
        }
        call.recorder().problem(failure.errorType(), failure.detail());
        GatewayResponse response = GatewayResponse.of(upstream.status(), headers.build(), upstream.body());
        call.deliver(failure.outcome(), response, upstream.body().length());
    }

    private static Outcome unserved(Choice.Nobody nobody) {
        return nobody.why() == Choice.Why.WAITING ? Outcome.EXHAUSTED : Outcome.UNAVAILABLE;
    }

    private Problem explain(Choice.Nobody nobody) {
        String provider = facts.provider().name();
        return switch (nobody.why()) {
            case NO_ACCOUNT ->
                call.problem(
                        503, "There is no account for provider " + provider + ". Add one to the account store.", null);
            case NEEDS_OPERATOR ->
                call.problem(
                        503,
                        "No account for provider " + provider + " can serve before its operator acts: "
                                + standings(nobody) + ".",
                        null);
            case WAITING ->
                call.problem(
                        429,
                        "Every account for provider " + provider + " is limited: " + standings(nobody)
                                + ". The first returns at " + nobody.returnsAt() + ".",
                        nobody.returnsAt());
        };
    }

    /** For example "2 cooling, 1 paused". */
    private static String standings(Choice.Nobody nobody) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Skipped skipped : nobody.skipped()) {
            counts.merge(word(Standing.valueOf(skipped.standing())), 1, Integer::sum);
        }
        StringBuilder text = new StringBuilder();
        counts.forEach((word, count) -> text.append(text.isEmpty() ? "" : ", ")
                .append(count)
                .append(' ')
                .append(word));
        return text.toString();
    }

    private static String word(Standing standing) {
        return switch (standing) {
            case USABLE, TRIED -> "tried in vain";
            case BACKING_OFF -> "failing";
            case AT_LIMIT -> "at its limit of calls in flight";
            case COOLING -> "cooling";
            case SIGN_IN_NEEDED -> "with a refused credential (sign in again or replace the key)";
            case NOT_PERMITTED -> "without permission";
            case PAUSED -> "paused";
            case NOT_THE_OWNER -> "not the owner of what is asked for";
        };
    }
}
