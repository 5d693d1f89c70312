package io.ccflare.core.call;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a {@link StreamForwarder}: demand, order and the one end of a body.
 *
 * <p>It keeps batches back, taking one at a time, until it is decided that they may go; then what is held goes as one batch, and from there
 * on the client's demand is the upstream's demand and nothing is kept. Signals to the client are given outside the lock, one at a time.
 * Thread-safe.
 */
final class Outlet implements Flow.Publisher<List<ByteBuffer>>, Flow.Subscription {

    /** Hears what happens at the client's end. Called outside the lock. */
    interface Tap {
        /** The client asks for more. */
        void asked();

        /** A batch goes to the client. */
        void passing(List<ByteBuffer> batch);

        /** An event to put before the end of a broken body; null for none. Asked once. */
        byte @Nullable [] lastWords(Ending how);

        /** The body is over, by its own end or by the client's will. Called once, before the client hears of it. */
        void over(Ending how, @Nullable Throwable cause);
    }

    private enum State {
        HOLDING,
        DECIDED,
        OPEN,
        DONE
    }

    private record Terminal(Ending how, @Nullable Throwable cause, boolean wordsSaid) {}

    private static final System.Logger LOG = System.getLogger(Outlet.class.getName());

    private final Object lock = new Object();
    private final Tap tap;

    // All that follows is guarded by the lock.
    private State state = State.HOLDING;
    private Flow.@Nullable Subscription upstream;
    private Flow.@Nullable Subscriber<? super List<ByteBuffer>> client;
    private List<ByteBuffer> held = new ArrayList<>(4);
    private long heldBytes;
    /** How many batches the client asked for and was not given. */
    private long demand;
    /** How many batches the upstream was asked for and has not given. */
    private long outstanding;

    private @Nullable Terminal terminal;
    /** What the client is still to be told of a body that was given up. */
    private @Nullable Throwable farewell;
    /** Whether somebody is giving the client a signal. */
    private boolean emitting;

    Outlet(Tap tap) {
        this.tap = tap;
    }

    /** The upstream is there: asks it for the first batch. */
    void begin(Flow.Subscription source) {
        State at;
        synchronized (lock) {
            upstream = source;
            at = state;
            outstanding = at == State.HOLDING ? 1 : 0;
        }
        if (at == State.DONE) {
            source.cancel();
        } else if (at == State.HOLDING) {
            source.request(1);
        } else {
            drain();
        }
    }

    /** Takes a batch while nothing is decided, to be held. @return how many bytes are held; -1 if it was decided or is over */
    long hold(List<ByteBuffer> batch) {
        synchronized (lock) {
            if (state == State.DONE) {
                return -1;
            }
            outstanding = oneLess(outstanding);
            held.addAll(batch);
            for (int i = 0; i < batch.size(); i++) {
                heldBytes += batch.get(i).remaining();
            }
            return state == State.HOLDING ? heldBytes : -1;
        }
    }

    /** Asks for another batch to hold, if nothing was decided meanwhile; otherwise sees to it that what is held goes. */
    void holdMore() {
        Flow.Subscription source = null;
        synchronized (lock) {
            if (state == State.HOLDING) {
                outstanding++;
                source = upstream;
            }
        }
        if (source != null) {
            source.request(1);
        } else {
            drain();
        }
    }

    /** Ends holding back. @return false when it had ended before */
    boolean decide() {
        synchronized (lock) {
            if (state != State.HOLDING) {
                return false;
            }
            state = State.DECIDED;
            return true;
        }
    }

    /** Lets what is held go, and all that follows. */
    void open() {
        synchronized (lock) {
            state = state == State.DECIDED ? State.OPEN : state;
        }
        drain();
    }

    /** What is held, as duplicates. */
    List<ByteBuffer> held() {
        synchronized (lock) {
            return held.stream().map(ByteBuffer::duplicate).toList();
        }
    }

    /** Passes a batch to the client. */
    void pass(List<ByteBuffer> batch) {
        Flow.Subscriber<? super List<ByteBuffer>> straight = null;
        synchronized (lock) {
            if (state == State.DONE || terminal != null) {
                return;
            }
            outstanding = oneLess(outstanding);
            if (state == State.OPEN && !emitting && held.isEmpty() && demand > 0) {
                straight = client;
            }
            if (straight == null) {
                held.addAll(batch);
            } else {
                emitting = true;
                demand = oneLess(demand);
            }
        }
        if (straight != null) {
            emit(straight, batch);
        }
        drain(straight != null);
    }

    private static long oneLess(long count) {
        return count == Long.MAX_VALUE ? count : count - 1;
    }

    /** The body ended. @return false when it had ended before */
    boolean end(Ending how, @Nullable Throwable cause) {
        synchronized (lock) {
            if (state == State.DONE || terminal != null) {
                return false;
            }
            terminal = new Terminal(how, cause, cause == null);
            return true;
        }
    }

    /** Cancels the upstream and forgets what is held. @return false when it was over before */
    boolean finish() {
        Flow.Subscription source;
        synchronized (lock) {
            if (state == State.DONE) {
                return false;
            }
            state = State.DONE;
            held = List.of();
            source = upstream;
        }
        if (source != null) {
            source.cancel();
        }
        return true;
    }

    /** Cancels the upstream alone. */
    void stopUpstream() {
        Flow.Subscription source;
        synchronized (lock) {
            source = upstream;
        }
        if (source != null) {
            source.cancel();
        }
    }

    /** Gives the body up and tells the client so, once it has taken what it is being given. */
    void giveUp(Ending how, Throwable cause) {
        if (finish()) {
            tap.over(how, cause);
            synchronized (lock) {
                farewell = cause;
            }
            drain();
        }
    }

    /** Who is to act next. */
    enum Turn {
        NOBODY,
        /** The client has not begun to read. */
        CLIENT_TO_BEGIN,
        /** The client has to ask for more. */
        CLIENT,
        UPSTREAM
    }

    Turn turn() {
        synchronized (lock) {
            if (state != State.OPEN) {
                return Turn.NOBODY;
            }
            if (client == null) {
                return Turn.CLIENT_TO_BEGIN;
            }
            boolean taking = emitting || !held.isEmpty() || terminal != null;
            return taking || outstanding == 0 ? Turn.CLIENT : Turn.UPSTREAM;
        }
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        boolean late;
        synchronized (lock) {
            late = state == State.DONE;
        }
        subscriber.onSubscribe(this);
        synchronized (lock) {
            client = subscriber;
            if (late) {
                farewell = new CutException("the response was given up before it was read");
            }
        }
        drain();
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            giveUp(Ending.CANCELLED, new IllegalArgumentException("request(" + n + "): demand must be positive"));
            return;
        }
        tap.asked();
        synchronized (lock) {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        }
        drain();
    }

    @Override
    public void cancel() {
        if (finish()) {
            tap.over(Ending.CANCELLED, null);
        }
    }

    /** Gives the client what is due and asks the upstream for what is wanted, unless somebody is at it. */
    void drain() {
        drain(false);
    }

    /** @param atIt whether it is the caller who was giving the client a signal until now */
    private void drain(boolean atIt) {
        boolean mine = atIt;
        while (true) {
            List<ByteBuffer> batch = null;
            Terminal end = null;
            Throwable last = null;
            long ask = 0;
            Flow.Subscriber<? super List<ByteBuffer>> to;
            Flow.Subscription source;
            synchronized (lock) {
                emitting = emitting && !mine;
                to = client;
                source = upstream;
                if (emitting || to == null) {
                    return;
                }
                if (farewell != null) {
                    last = farewell;
                    farewell = null;
                } else if (state != State.OPEN || !held.isEmpty() && demand == 0) {
                    return;
                } else if (!held.isEmpty()) {
                    batch = held;
                    held = new ArrayList<>(0);
                    demand = oneLess(demand);
                } else if (terminal != null) {
                    end = terminal;
                } else if (source != null && demand > outstanding) {
                    ask = demand - outstanding;
                    outstanding = demand;
                } else {
                    return;
                }
                mine = ask == 0;
                emitting = mine;
            }
            if (batch != null) {
                emit(to, batch);
            } else if (end != null) {
                close(to, end);
            } else if (last != null) {
                to.onError(last);
            } else if (source != null) {
                source.request(ask);
            }
        }
    }

    /** A client that throws is taken as gone: it will not ask for more, and the upstream is not to blame. */
    private void emit(Flow.Subscriber<? super List<ByteBuffer>> to, List<ByteBuffer> batch) {
        tap.passing(batch);
        try {
            to.onNext(batch);
        } catch (RuntimeException | Error broken) {
            LOG.log(System.Logger.Level.WARNING, "whoever reads a response threw; it is given up", broken);
            cancel();
        }
    }

    private void close(Flow.Subscriber<? super List<ByteBuffer>> to, Terminal end) {
        if (!end.wordsSaid()) {
            byte[] words = tap.lastWords(end.how());
            synchronized (lock) {
                terminal = new Terminal(end.how(), end.cause(), true);
                if (words != null && state == State.OPEN) {
                    held.add(ByteBuffer.wrap(words).asReadOnlyBuffer());
                }
            }
            return;
        }
        synchronized (lock) {
            if (state != State.OPEN) {
                return;
            }
            state = State.DONE;
        }
        Throwable cause = end.cause();
        tap.over(end.how(), cause);
        if (cause == null) {
            to.onComplete();
        } else {
            to.onError(cause);
        }
    }
}
