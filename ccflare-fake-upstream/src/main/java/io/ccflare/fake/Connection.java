package io.ccflare.fake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: reads a request, plays the steps of its answer, and again. A peer that closes its side counts as gone.
 * Everything runs on the thread of the loop unless it says otherwise.
 */
final class Connection {
    private static final SafeLog LOG = new SafeLog(System.getLogger(Connection.class.getName()));
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long LINGER = TimeUnit.SECONDS.toNanos(2);
    private static final int MAX_EARLY_BYTES = 64 * 1024;

    private enum State {
        READING,
        ANSWERING,
        /** The last step is played; its bytes are still to be written. */
        FINISHING,
        /** Nothing more is sent; what the peer still sends is thrown away, so that FIN reaches it and no RST. */
        LINGERING,
        CLOSED
    }

    private final EventLoop loop;
    private final Service service;
    private final SocketChannel channel;
    private final int number;
    private final RequestParser parser;
    private final Wire wire = new Wire();
    private final ByteArrayOutputStream early = new ByteArrayOutputStream(0);
    private State state = State.READING;
    private Service.@Nullable Begun begun;
    private Iterator<Step> steps = Collections.emptyIterator();
    private long lastDue;
    private int turn;
    private boolean standing;
    private boolean keep;

    Connection(EventLoop loop, Service service, SocketChannel channel, int number) {
        this.loop = loop;
        this.service = service;
        this.channel = channel;
        this.number = number;
        this.parser = new RequestParser(service::bodyFor);
    }

    void ready(SelectionKey key) {
        try {
            if (key.isValid() && key.isReadable()) {
                read();
            }
            if (key.isValid() && key.isWritable()) {
                key.interestOps(SelectionKey.OP_READ);
                advance();
            }
        } catch (IOException e) {
            peerFailed(e);
        }
    }

    /** A pause is over; it counts only if nothing happened since it began. */
    void wake(int turnThen) {
        if (turnThen != turn) {
            return;
        }
        if (state == State.LINGERING) {
            close();
        } else {
            goOn();
        }
    }

    /** Goes on where a stall stands. Any thread. */
    void release() {
        loop.execute(this, () -> {
            if (standing) {
                stand(false);
                goOn();
            }
        });
    }

    void reset(RecordedCall.Ending how) {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            LOG.tell(System.Logger.Level.DEBUG, "The peer left before it could be reset", e);
        }
        end(how);
    }

    /** The server closes. */
    void abandon() {
        end(RecordedCall.Ending.CLOSED);
    }

    private void read() throws IOException {
        ByteBuffer in = loop.input();
        if (channel.read(in) < 0) {
            peerLeft();
        } else if (state == State.READING) {
            parse(in.flip());
        } else if (state != State.LINGERING) {
            keepForLater(in.flip());
        }
    }

    private void parse(ByteBuffer in) throws IOException {
        try {
            boolean complete = parser.take(in);
            if (parser.takeContinue()) {
                wire.raw(CONTINUE);
                wire.flush(channel);
            }
            if (complete) {
                keepForLater(in);
                begin();
            }
        } catch (BadRequest e) {
            keep = false;
            answer(service.refuse(e));
        }
    }

    private void keepForLater(ByteBuffer in) {
        while (in.hasRemaining()) {
            early.write(in.get());
        }
        if (early.size() > MAX_EARLY_BYTES) {
            reset(RecordedCall.Ending.FAULT);
        }
    }

    private void begin() throws IOException {
        keep = parser.head().keepsConnection();
        Service.Begun next = service.begin(parser.head(), parser.body(), number);
        begun = next;
        parser.next();
        answer(next.steps());
    }

    private void answer(Iterator<Step> script) throws IOException {
        state = State.ANSWERING;
        steps = script;
        lastDue = System.nanoTime();
        advance();
    }

    private void goOn() {
        try {
            advance();
        } catch (IOException e) {
            peerFailed(e);
        }
    }

    /** Plays steps until one has to wait: for time, for a release, or for room in the peer's window. */
    private void advance() throws IOException {
        turn++;
        while (!standing && (state == State.ANSWERING || state == State.FINISHING)) {
            if (!wire.flush(channel)) {
                channel.keyFor(loop.selector()).interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
            if (state == State.FINISHING) {
                answered();
                return;
            }
            Step step = steps.next();
            if (step instanceof Step.Pause pause) {
                lastDue = Math.max(lastDue + pause.length().toNanos(), System.nanoTime());
                loop.schedule(lastDue, this, turn);
                return;
            }
            play(step);
        }
    }

    private void play(Step step) throws IOException {
        if (step instanceof Step.Head head) {
            keep &= !(head.reply().framing() instanceof Framing.UntilClose);
            wire.head(head.reply(), keep, begun != null && begun.call().method().equals("HEAD"));
            if (begun != null) {
                begun.call().answering(head.reply().status());
            }
        } else if (step instanceof Step.Body body) {
            wire.body(body.bytes());
            if (begun != null) {
                begun.call().sending(body.bytes());
            }
        } else if (step instanceof Step.Raw raw) {
            wire.raw(raw.bytes());
        } else {
            signal((Step.Signal) step);
        }
    }

    private void signal(Step.Signal signal) throws IOException {
        switch (signal) {
            case STALL -> stand(true);
            case RESET -> reset(RecordedCall.Ending.FAULT);
            case CLOSE -> sendFin(RecordedCall.Ending.FAULT);
            case FINISH -> {
                wire.end();
                state = State.FINISHING;
            }
        }
    }

    private void answered() throws IOException {
        if (!keep) {
            sendFin(RecordedCall.Ending.COMPLETE);
            return;
        }
        finished(RecordedCall.Ending.COMPLETE);
        state = State.READING;
        if (early.size() > 0) {
            ByteBuffer next = ByteBuffer.wrap(early.toByteArray());
            early.reset();
            parse(next);
        }
    }

    private void sendFin(RecordedCall.Ending how) throws IOException {
        finished(how);
        state = State.LINGERING;
        channel.shutdownOutput();
        loop.schedule(System.nanoTime() + LINGER, this, turn);
    }

    private void stand(boolean still) {
        standing = still;
        if (begun != null && begun.account() != null) {
            begun.account().stands(this, still);
        }
    }

    private void finished(RecordedCall.Ending how) {
        if (standing) {
            stand(false);
        }
        if (begun != null) {
            service.end(begun, how);
            begun = null;
        }
        steps = Collections.emptyIterator();
    }

    private void peerFailed(IOException e) {
        LOG.tell(System.Logger.Level.DEBUG, "A peer left without a goodbye", e);
        peerLeft();
    }

    private void peerLeft() {
        if (state == State.READING && parser.isInside()) {
            service.halfSent();
        }
        end(RecordedCall.Ending.CANCELED);
    }

    /** Closes in any case: the peer of a connection that is in no record must not wait for ever. */
    private void end(RecordedCall.Ending how) {
        try {
            finished(how);
        } finally {
            close();
        }
    }

    private void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        turn++;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.tell(System.Logger.Level.DEBUG, "A connection did not close cleanly", e);
        }
        loop.closed();
    }
}
