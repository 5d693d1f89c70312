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

    private final Object lock = new Object();
    private final Tap tap;

    // All that follows is guarded by the lock.
    private State state = State.HOLDING;
    private Flow.@Nullable Subscription upstream;
    private Flow.@Nullable Subscriber<? super List<ByteBuffer>> client;
    private List<ByteBuffer> held = new ArrayList<>(4);
    private long heldBytes;
    private long demand;
    private @Nullable Terminal terminal;
    /** Whether a batch that was asked for on the outlet's own account has not come. */
    private boolean awaited;
    /** Whether the client's demand goes straight up. */
    private boolean direct;
    /** Whether somebody is giving the client a signal. */
    private boolean emitting;

    Outlet(Tap tap) {
        this.tap = tap;
    }

    /** The upstream is there: asks it for the first batch. */
    void begin(Flow.Subscription source) {
        boolean late;
        synchronized (lock) {
            upstream = source;
            late = state == State.DONE;
            awaited = !late;
        }
        if (late) {
            source.cancel();
        } else {
            source.request(1);
        }
    }

    /** Takes a batch while nothing is decided, to be held. @return how many bytes are held; -1 if it was decided or is over */
    long hold(List<ByteBuffer> batch) {
        synchronized (lock) {
            if (state == State.DONE) {
                return -1;
            }
            awaited = false;
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
                awaited = true;
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
        boolean straight;
        synchronized (lock) {
            if (state == State.DONE) {
                return;
            }
            awaited = false;
            straight = direct && !emitting;
            if (straight) {
                emitting = true;
            } else {
                held.addAll(batch);
            }
        }
        if (straight) {
            emit(batch);
            synchronized (lock) {
                emitting = false;
                if (terminal == null && held.isEmpty()) {
                    return;
                }
            }
        }
        drain();
    }

    /** The body ended. @return false when it had ended before */
    boolean end(Ending how, @Nullable Throwable cause) {
        synchronized (lock) {
            if (state == State.DONE || terminal != null) {
                return false;
            }
            awaited = false;
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

    /** Gives the body up and tells the client so. */
    void giveUp(Ending how, Throwable cause) {
        Flow.Subscriber<? super List<ByteBuffer>> told;
        synchronized (lock) {
            told = client;
        }
        if (finish()) {
            tap.over(how, cause);
            if (told != null) {
                told.onError(cause);
            }
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
            return terminal == null && (awaited || direct && demand > 0) ? Turn.UPSTREAM : Turn.CLIENT;
        }
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
        subscriber.onSubscribe(this);
        boolean late;
        synchronized (lock) {
            late = state == State.DONE;
            client = subscriber;
        }
        if (late) {
            subscriber.onError(new CutException("the response was given up before it was read"));
        } else {
            drain();
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            giveUp(Ending.CANCELLED, new IllegalArgumentException("request(" + n + "): demand must be positive"));
            return;
        }
        Flow.Subscription source;
        synchronized (lock) {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            source = direct && terminal == null ? upstream : null;
        }
        if (source != null) {
            source.request(n);
        } else {
            drain();
        }
    }

    @Override
    public void cancel() {
        if (finish()) {
            tap.over(Ending.CANCELLED, null);
        }
    }

    /** Gives the client what is due, unless somebody is at it. */
    void drain() {
        while (true) {
            List<ByteBuffer> batch = null;
            Terminal end = null;
            Flow.Subscription source = null;
            long ask = 0;
            synchronized (lock) {
                if (emitting || state != State.OPEN || client == null || !held.isEmpty() && demand == 0) {
                    return;
                }
                if (!held.isEmpty()) {
                    batch = held;
                    held = new ArrayList<>(0);
                } else if (terminal != null) {
                    end = terminal;
                } else if (!direct && !awaited && upstream != null) {
                    direct = true;
                    ask = demand;
                    source = upstream;
                } else {
                    return;
                }
                emitting = batch != null || end != null;
            }
            if (batch != null) {
                emit(batch);
            } else if (end != null) {
                close(end);
            } else if (ask > 0 && source != null) {
                source.request(ask);
            }
            synchronized (lock) {
                emitting = emitting && batch == null && end == null;
            }
        }
    }

    private void emit(List<ByteBuffer> batch) {
        Flow.Subscriber<? super List<ByteBuffer>> to;
        synchronized (lock) {
            to = client;
            demand = demand == Long.MAX_VALUE ? demand : demand - 1;
        }
        if (to != null) {
            tap.passing(batch);
            to.onNext(batch);
        }
    }

    private void close(Terminal end) {
        if (!end.wordsSaid()) {
            byte[] words = tap.lastWords(end.how());
            synchronized (lock) {
                terminal = new Terminal(end.how(), end.cause(), true);
                if (words != null) {
                    held.add(ByteBuffer.wrap(words).asReadOnlyBuffer());
                }
            }
            return;
        }
        Flow.Subscriber<? super List<ByteBuffer>> to;
        synchronized (lock) {
            if (state != State.OPEN) {
                return;
            }
            state = State.DONE;
            to = client;
        }
        tap.over(end.how(), end.cause());
        Throwable cause = end.cause();
        if (to != null && cause == null) {
            to.onComplete();
        } else if (to != null && cause != null) {
            to.onError(cause);
        }
    }
}
