package io.ccflare.core.call;

import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.time.TimeSource;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Passes an upstream's body to the client: buffers as they come, never copied, never gathered, on the client's demand, while a
 * {@link ResponseReader} looks on.
 *
 * <p>It begins by holding back, until its {@link Owner} has decided on the reader's word, or because a bound was reached, whether this
 * response is the one. The {@link Outlet} keeps order from there.
 */
final class StreamForwarder implements Flow.Subscriber<List<ByteBuffer>>, Outlet.Tap {

    /** Why holding back ended. */
    enum Opening {
        /** The reader saw content. */
        COMMITTED,
        /** The reader saw an error before any content. */
        FAILED,
        /** As much or as long was held back as is allowed. */
        BOUND,
        /** The body ended. */
        COMPLETE,
        /** The body broke off. */
        BROKEN
    }

    /** Who decides, and learns how it went. Each is called once at most, and never under a lock. */
    interface Owner {
        /** Holding back ended: answers with {@link StreamForwarder#open()} or {@link StreamForwarder#abandon()}. */
        void opened(Opening how, @Nullable Throwable cause);

        /** A response that was opened is over. */
        void ended(Ending how, @Nullable Throwable cause);

        /** An event to put before a visible break; null for none. */
        byte @Nullable [] lastWords(Ending how);
    }

    private static final System.Logger LOG = System.getLogger(StreamForwarder.class.getName());

    private final TimeSource time;
    private final ResponseReader reader;
    private final Owner owner;
    private final int holdBytes;
    private final boolean mustBeWhole;
    private final Outlet outlet = new Outlet(this);

    private volatile boolean decided;
    private volatile long touchedAt;

    // Written by whoever the upstream gives a signal, one at a time.
    private volatile long seen;

    // Written by whoever gives the client a signal, one at a time.
    private volatile long bytes;
    private volatile long firstByteAt;

    /**
     * @param holdBytes how much is held back at most
     * @param mustBeWhole whether an end that the reader does not call whole is a cut
     */
    StreamForwarder(TimeSource time, ResponseReader reader, Owner owner, int holdBytes, boolean mustBeWhole) {
        this.time = time;
        this.reader = reader;
        this.owner = owner;
        this.holdBytes = holdBytes;
        this.mustBeWhole = mustBeWhole;
        this.touchedAt = time.nanos();
    }

    /** What the client subscribes to once it is open. */
    Flow.Publisher<List<ByteBuffer>> body() {
        return outlet;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        outlet.begin(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> batch) {
        touchedAt = time.nanos();
        ResponseReader.State seen;
        try {
            seen = look(batch);
        } catch (RuntimeException | Error defect) {
            outlet.stopUpstream();
            onError(unreadable(defect));
            return;
        }
        if (decided) {
            outlet.pass(batch);
            return;
        }
        long heldBytes = outlet.hold(batch);
        Opening opening = heldBytes < 0 ? null : opening(seen, heldBytes);
        if (opening == null) {
            outlet.holdMore();
        } else {
            decide(opening, null);
        }
    }

    private static CutException unreadable(Throwable defect) {
        LOG.log(System.Logger.Level.ERROR, "a provider's reader failed", defect);
        return new CutException("the answer could not be read");
    }

    private ResponseReader.State look(List<ByteBuffer> batch) {
        seen += length(batch);
        synchronized (reader) {
            ResponseReader.State state = ResponseReader.State.HOLD;
            for (int i = 0; i < batch.size(); i++) {
                state = reader.read(batch.get(i));
            }
            return state;
        }
    }

    private @Nullable Opening opening(ResponseReader.State seen, long heldBytes) {
        return switch (seen) {
            case COMMITTED -> Opening.COMMITTED;
            case FAILED -> Opening.FAILED;
            case HOLD -> heldBytes >= holdBytes ? Opening.BOUND : null;
        };
    }

    private void decide(Opening opening, @Nullable Throwable cause) {
        if (outlet.decide()) {
            decided = true;
            owner.opened(opening, cause);
        } else {
            outlet.drain();
        }
    }

    @Override
    public void onError(Throwable cause) {
        if (outlet.end(Ending.CUT, cause)) {
            decide(Opening.BROKEN, cause);
        }
    }

    @Override
    public void onComplete() {
        boolean cut;
        try {
            synchronized (reader) {
                reader.end();
                cut = mustBeWhole && !reader.whole() && reader.error() == null;
            }
        } catch (RuntimeException | Error defect) {
            onError(unreadable(defect));
            return;
        }
        Throwable cause = cut ? new CutException("the upstream ended the stream before its last event") : null;
        if (outlet.end(cut ? Ending.CUT : Ending.COMPLETE, cause)) {
            decide(Opening.COMPLETE, cause);
        }
    }

    /** Ends holding back because it took long enough; does nothing when it has ended. */
    void holdNoLonger() {
        if (outlet.decide()) {
            decided = true;
            owner.opened(Opening.BOUND, null);
        }
    }

    /** What was held back, as duplicates. */
    List<ByteBuffer> held() {
        return outlet.held();
    }

    /** This response is the one. */
    void open() {
        touchedAt = time.nanos();
        outlet.open();
    }

    /** This response is not the one: gives it up without a word to the owner. */
    void abandon() {
        outlet.finish();
    }

    /** The client gives an open response up. */
    void close() {
        outlet.cancel();
    }

    /** The gateway closes and ends an open response; the client sees it broken. */
    void breakOff(String why) {
        outlet.giveUp(Ending.SHUT_DOWN, new CutException(why));
    }

    /** Runs {@code extract} while the reader looks at nothing. */
    void whileReaderRests(Runnable extract) {
        synchronized (reader) {
            extract.run();
        }
    }

    /** Bytes handed to the client. */
    long bytes() {
        return bytes;
    }

    /** Whether the client was handed every byte that came. */
    boolean passedAll() {
        return bytes == seen;
    }

    /** When the first byte was handed to the client, by the monotonic clock; 0 when none was. */
    long firstByteAt() {
        return firstByteAt;
    }

    /** Looks whether anybody has kept the other waiting for too long. */
    void sweep(long nowNanos, long idleNanos, long readerNanos, long untouchedNanos) {
        // Before the time: whoever gets the turn notes the time first, so a turn is never judged by the one before it.
        Outlet.Turn turn = outlet.turn();
        long quiet = nowNanos - touchedAt;
        switch (turn) {
            case UPSTREAM -> {
                if (quiet >= idleNanos) {
                    outlet.stopUpstream();
                    if (outlet.end(Ending.IDLE, new CutException("the upstream sent nothing for too long"))) {
                        outlet.drain();
                    }
                }
            }
            case CLIENT -> {
                if (quiet >= readerNanos) {
                    outlet.giveUp(Ending.UNREAD, new CutException("the client took nothing for too long"));
                }
            }
            case CLIENT_TO_BEGIN -> {
                if (quiet >= untouchedNanos) {
                    outlet.giveUp(Ending.UNREAD, new CutException("nobody read the response"));
                }
            }
            case NOBODY -> {
                // Not open, or over.
            }
        }
    }

    /** The upstream's silence counts from here: before, it was not asked. */
    @Override
    public void asked() {
        touchedAt = time.nanos();
    }

    @Override
    public void passing(List<ByteBuffer> batch) {
        long length = length(batch);
        long now = time.nanos();
        touchedAt = now;
        if (firstByteAt == 0 && length > 0) {
            firstByteAt = now;
        }
        bytes += length;
    }

    private static long length(List<ByteBuffer> batch) {
        long length = 0;
        for (int i = 0; i < batch.size(); i++) {
            length += batch.get(i).remaining();
        }
        return length;
    }

    @Override
    public byte @Nullable [] lastWords(Ending how) {
        boolean fits;
        try {
            synchronized (reader) {
                fits = reader.betweenEvents();
            }
        } catch (RuntimeException | Error defect) {
            LOG.log(System.Logger.Level.ERROR, "a provider's reader failed", defect);
            return null;
        }
        return fits ? owner.lastWords(how) : null;
    }

    @Override
    public void over(Ending how, @Nullable Throwable cause) {
        owner.ended(how, cause);
    }
}
