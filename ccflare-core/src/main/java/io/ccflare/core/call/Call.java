package io.ccflare.core.call;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.provider.Problem;
import io.ccflare.api.provider.Provider;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.time.TimeSource.Timer;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.core.GatewaySettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its arrival to its record. Owns what it may take only once: the answer, the deadline, the cancellation, the memory
 * of its body, and the record.
 *
 * <p>It does one {@link Step} at a time. Whoever settles it first (an answer, the caller, the deadline, a shutdown) wins; the
 * others find it settled and do nothing.
 */
public final class Call implements BodyGatherer.Sink {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Step NOTHING = why -> {};

    private final Engine engine;
    private final GatewaySettings settings;
    private final GatewayRequest request;
    private final String id;
    private final Provider dialect;
    private final Recorder recorder;
    private final CallFuture<GatewayResponse> future = new CallFuture<>(this::givenUp);
    private final AtomicReference<Step> step = new AtomicReference<>(NOTHING);
    private final AtomicBoolean settled = new AtomicBoolean();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final AtomicLong gathered = new AtomicLong();
    private volatile Intake.@Nullable Destination destination;
    private volatile @Nullable UpstreamBody body;
    private volatile @Nullable Timer deadline;
    private volatile @Nullable GatewayResponse delivered;
    private volatile @Nullable Delivery serving;
    private final AtomicReference<@Nullable String> guess = new AtomicReference<>();

    private Call(Engine engine, GatewaySettings settings, GatewayRequest request) {
        this.engine = engine;
        this.settings = settings;
        this.request = request;
        this.id = engine.ids().get();
        this.dialect = Intake.dialect(engine.providers(), request.path());
        this.recorder =
                new Recorder(id, request, engine.time().now(), engine.time().nanos());
    }

    /** Begins a call. @return its future, of the kind that {@link io.ccflare.api.http.GatewayHandler} promises */
    public static CompletableFuture<GatewayResponse> begin(
            Engine engine, GatewaySettings settings, GatewayRequest request) {
        Call call = new Call(engine, settings, request);
        try {
            call.admit();
        } catch (RuntimeException | Error defect) {
            call.defect(defect);
        }
        return call.future;
    }

    private void admit() {
        if (!engine.open().enter(this, settings.maxInFlight())) {
            answer(
                    Outcome.BUSY,
                    engine.open().closing()
                            ? problem(503, "The gateway is shutting down.", null)
                            : problem(503, "Too many requests are under way here. Try again shortly.", soon()));
            return;
        }
        deadline = engine.time().after(settings.timeouts().deadline(), this::deadlinePassed);
        if (Intake.climbs(request.path())) {
            answer(Outcome.BAD_REQUEST, problem(400, "The path holds dot segments. Send it without them.", null));
            return;
        }
        Intake.Destination to = Intake.resolve(engine.providers(), settings, request.path());
        if (to == null) {
            answer(Outcome.NOT_ALLOWED, problem(404, "This gateway does not pass on " + request.path() + ".", null));
        } else if (to.route().gathered()) {
            destination = to;
            BodyGatherer gatherer =
                    new BodyGatherer(request, engine.budget(), settings.maxBodyBytes(), settings.gatheredBytes(), this);
            enter(gatherer);
            gatherer.start();
        } else {
            body = request.contentLength() == 0
                    ? new UpstreamBody.None()
                    : new OnceBody(request, recorder::requestBytes).body();
            route(Intake.read(to, request, null, settings));
        }
    }

    @Override
    public void gathered(List<ByteBuffer> buffers, long length) {
        gathered.set(length);
        recorder.requestBytes(length);
        if (settled.get()) {
            letGoOfBody();
            return;
        }
        try {
            body = length == 0 ? new UpstreamBody.None() : new UpstreamBody.Gathered(buffers, length);
            route(Intake.read(Objects.requireNonNull(destination), request, buffers, settings));
        } catch (RuntimeException | Error defect) {
            defect(defect);
        }
    }

    @Override
    public void tooLarge() {
        answer(
                Outcome.TOO_LARGE,
                problem(
                        413,
                        "The body is larger than " + settings.maxBodyBytes() + " bytes, the most that is taken here.",
                        null));
    }

    @Override
    public void noRoom() {
        answer(Outcome.BUSY, problem(503, "Too much is held in memory here. Try again shortly.", soon()));
    }

    @Override
    public void broken(Throwable cause) {
        answer(Outcome.BAD_REQUEST, problem(400, "The request body broke off before its end.", null));
    }

    private void route(Facts read) {
        Facts facts = read;
        SessionKey session = read.session();
        if (session != null && session.guessed()) {
            if (engine.bindings().claimGuess(session.digest())) {
                guess.set(session.digest());
                if (finished.get()) {
                    freeGuess();
                }
            } else {
                facts = read.withoutSession();
            }
        }
        recorder.routed(facts);
        new AttemptLoop(this, engine, facts).next();
    }

    /** The body to send; let go of when the response commits. */
    UpstreamBody body() {
        UpstreamBody sent = body;
        return sent == null ? new UpstreamBody.None() : sent;
    }

    GatewayRequest request() {
        return request;
    }

    GatewaySettings settings() {
        return settings;
    }

    Recorder recorder() {
        return recorder;
    }

    String id() {
        return id;
    }

    boolean settled() {
        return settled.get();
    }

    Problem problem(int status, String message, @Nullable Instant retryAt) {
        return new Problem(status, message, id, retryAt);
    }

    /** When to try again if nothing better is known. */
    Instant soon() {
        return engine.time().now().plus(SOON);
    }

    /** The call does this now. If it was settled meanwhile, the step is given up at once. */
    void enter(Step next) {
        step.set(next);
        if (settled.get()) {
            next.abandon(Outcome.CANCELLED);
        }
    }

    /** Answers with a problem, unless the call is settled. */
    void answer(Outcome outcome, Problem problem) {
        if (settled.compareAndSet(false, true)) {
            respond(outcome, problem);
        }
    }

    private void respond(Outcome outcome, Problem problem) {
        recorder.problem(null, problem.message());
        boolean head = request.method().equals("HEAD");
        GatewayResponse response;
        byte[] body;
        try {
            body = dialect.problemBody(problem);
            int attempts = recorder.attempts();
            Instant now = engine.time().now();
            response = Answers.of(body, problem, head, settings.exposeHeaders(), attempts, now);
        } catch (RuntimeException | Error defect) {
            report(defect);
            finish(Outcome.GATEWAY_ERROR, 0, 0);
            future.fail(defect);
            return;
        }
        recorder.answered(problem.status(), null, engine.time().nanos());
        finish(outcome, head ? 0 : body.length, 0);
        future.deliver(response);
    }

    /**
     * Answers with an upstream's response, unless the call is settled.
     *
     * @return false when it was settled before; the response is the giver's to close then
     */
    boolean deliver(Delivery delivery, GatewayResponse response) {
        if (!settled.compareAndSet(false, true)) {
            return false;
        }
        stopDeadline();
        letGoOfBody();
        serving = delivery;
        delivered = response;
        recorder.answered(response.status(), delivery.account(), engine.time().nanos());
        if (!future.deliver(response)) {
            response.close();
        }
        return true;
    }

    /** Answers with a response that is there as a whole, unless the call is settled. */
    void deliver(Outcome outcome, GatewayResponse response, long bytes) {
        if (settled.compareAndSet(false, true)) {
            recorder.answered(response.status(), null, engine.time().nanos());
            finish(outcome, bytes, 0);
            future.deliver(response);
        }
    }

    /** The call is over: gives back all that it holds and hands out its record. Only the first time counts. */
    void finish(Outcome outcome, long responseBytes, long firstByteAt) {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        stopDeadline();
        letGoOfBody();
        freeGuess();
        engine.records()
                .accept(recorder.finish(
                        outcome, responseBytes, firstByteAt, engine.time().nanos()));
        engine.open().leave(this);
    }

    private void freeGuess() {
        String held = guess.getAndSet(null);
        if (held != null) {
            engine.bindings().releaseGuess(held);
        }
    }

    private void letGoOfBody() {
        engine.budget().giveBack(gathered.getAndSet(0));
        body = null;
    }

    private void stopDeadline() {
        Timer timer = deadline;
        if (timer != null) {
            timer.cancel();
        }
    }

    private void givenUp() {
        if (settled.compareAndSet(false, true)) {
            step.get().abandon(Outcome.CANCELLED);
            finish(Outcome.CANCELLED, 0, 0);
            return;
        }
        GatewayResponse response = delivered;
        if (response != null && response.untouched()) {
            response.close();
        }
    }

    private void deadlinePassed() {
        if (settled.compareAndSet(false, true)) {
            step.get().abandon(Outcome.TIMED_OUT);
            respond(
                    Outcome.TIMED_OUT,
                    problem(
                            504,
                            "No account answered within " + settings.timeouts().deadline() + ".",
                            null));
        }
    }

    /** The gateway closes: ends the call, visibly for the caller. */
    void shutDown() {
        if (settled.compareAndSet(false, true)) {
            step.get().abandon(Outcome.CANCELLED);
            respond(Outcome.BUSY, problem(503, "The gateway is shutting down.", null));
            return;
        }
        Delivery delivery = serving;
        if (delivery != null) {
            delivery.breakOff("the gateway is shutting down");
        }
    }

    /** Logs a defect that the call survives. */
    void report(Throwable cause) {
        System.getLogger(Call.class.getName()).log(System.Logger.Level.ERROR, "request " + id + " met a defect", cause);
    }

    /** Something in the gateway, a provider or a strategy broke. */
    void defect(Throwable cause) {
        report(cause);
        if (settled.compareAndSet(false, true)) {
            step.get().abandon(Outcome.GATEWAY_ERROR);
            respond(
                    Outcome.GATEWAY_ERROR,
                    problem(500, "The gateway failed on this request. Its log tells more.", null));
        } else {
            finish(Outcome.GATEWAY_ERROR, 0, 0);
        }
    }
}
