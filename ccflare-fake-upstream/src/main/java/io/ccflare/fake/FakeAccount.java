package io.ccflare.fake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * One credential that the server knows: how it behaves, and what came in for it. Healthy at first.
 *
 * <p>Thread-safe; a change takes effect with the next request. The awaiting methods wake with each change on the server, without
 * polling, and throw {@link AssertionError} when the time is over.
 *
 * @since 1.0
 */
public final class FakeAccount {
    private final int number;
    private final Monitor monitor;
    private final Recorder recorder;
    private final Deque<Fault> script = new ArrayDeque<>();
    private final Set<Connection> standing = new LinkedHashSet<>();
    private Fault always = Fault.NONE;
    private String organization;
    private boolean subscription;
    private double fiveHour = 0.10;
    private double sevenDay = 0.05;

    FakeAccount(int number, Monitor monitor, int keepCalls) {
        this.number = number;
        this.monitor = monitor;
        this.recorder = new Recorder(keepCalls);
        this.organization = new UUID(0xfa4e_0000_0000_4000L, 0x8000_0000_0000_0000L | number).toString();
    }

    /** Sets what goes wrong with every request that no script covers. */
    public FakeAccount fault(Fault fault) {
        monitor.change(() -> always = fault);
        return this;
    }

    /** Adds one fault for one request, after those added before. */
    public FakeAccount faultOnce(Fault fault) {
        monitor.change(() -> script.addLast(fault));
        return this;
    }

    /** Replaces all faults: one is taken per request, {@link Fault#NONE} included, and the account is healthy afterwards. */
    public FakeAccount script(Fault... faults) {
        monitor.change(() -> {
            always = Fault.NONE;
            script.clear();
            script.addAll(Arrays.asList(faults));
        });
        return this;
    }

    /** Ends all faults for requests to come; responses that stand still already need {@link #release()}. */
    public FakeAccount heal() {
        return script();
    }

    /** Lets every response of this account that stands still because of a stall go on to its end. */
    public FakeAccount release() {
        List<Connection> waiting = monitor.read(() -> List.copyOf(standing));
        waiting.forEach(Connection::release);
        return this;
    }

    /** Sets the value of {@code anthropic-organization-id}; accounts of one organisation share its prompt cache. Default: one each. */
    public FakeAccount organization(String id) {
        monitor.change(() -> organization = id);
        return this;
    }

    /** Says whether this is a subscription (OAuth) account, which gets unified headers instead of limits per minute. Default: no. */
    public FakeAccount subscription(boolean yes) {
        monitor.change(() -> subscription = yes);
        return this;
    }

    /**
     * Sets what the unified headers of a subscription tell.
     *
     * @param fiveHours used share of the five-hour window, 0 to 1 or slightly above; default 0.10
     * @param sevenDays used share of the seven-day window; default 0.05
     */
    public FakeAccount utilization(double fiveHours, double sevenDays) {
        monitor.change(() -> {
            fiveHour = fiveHours;
            sevenDay = sevenDays;
        });
        return this;
    }

    /** Returns the newest calls with this credential, the oldest first. */
    public List<RecordedCall> requests() {
        return monitor.read(recorder::calls);
    }

    /** Returns how many requests came with this credential. */
    public long count() {
        return monitor.read(recorder::count);
    }

    /** Returns how many responses have not ended, those included whose headers were not sent yet. */
    public int openStreams() {
        return monitor.read(recorder::open);
    }

    /** Returns how many responses the peer left before their end. */
    public long canceled() {
        return monitor.read(recorder::canceled);
    }

    /** Returns how many responses stand still because of a stall. */
    public int stalled() {
        return monitor.read(recorder::stalled);
    }

    /** Waits until at least so many requests have come. */
    public void awaitCount(long requests, Duration atMost) {
        monitor.await(requests + " requests on " + this, atMost, () -> recorder.count() >= requests);
    }

    /** Waits until the peer has left at least so many responses. */
    public void awaitCanceled(long responses, Duration atMost) {
        monitor.await(responses + " cancellations on " + this, atMost, () -> recorder.canceled() >= responses);
    }

    /** Waits until exactly so many responses are open. */
    public void awaitOpenStreams(int responses, Duration atMost) {
        monitor.await(responses + " open responses on " + this, atMost, () -> recorder.open() == responses);
    }

    /** Waits until at least so many responses stand still. */
    public void awaitStalled(int responses, Duration atMost) {
        monitor.await(responses + " stalled responses on " + this, atMost, () -> recorder.stalled() >= responses);
    }

    /** Returns a number in the order of first mention and the counts; never the credential. */
    @Override
    public String toString() {
        return monitor.read(() -> "account " + number + " (requests " + recorder.count() + ", open " + recorder.open()
                + ", canceled " + recorder.canceled() + ", stalled " + recorder.stalled() + ")");
    }

    /** Takes the fault for a request; one that is meant for another model stays where it is. */
    Fault take(Exchange exchange) {
        return monitor.read(() -> {
            Fault next = script.peekFirst();
            if (next != null && next.concerns(exchange)) {
                script.removeFirst();
                return next;
            }
            return always.concerns(exchange) ? always : Fault.NONE;
        });
    }

    String organization() {
        return monitor.read(() -> organization);
    }

    List<HeaderField> limitHeaders(Exchange exchange) {
        return monitor.read(() -> subscription
                ? LimitHeaders.unified(fiveHour, sevenDay, exchange.now())
                : LimitHeaders.perMinute(recorder.count(), Set.of(), exchange.now(), Duration.ofMinutes(1)));
    }

    void stands(Connection connection, boolean yes) {
        monitor.change(() -> {
            if (yes ? standing.add(connection) : standing.remove(connection)) {
                recorder.stalled(yes ? 1 : -1);
            }
        });
    }

    Recorder recorder() {
        return recorder;
    }
}
