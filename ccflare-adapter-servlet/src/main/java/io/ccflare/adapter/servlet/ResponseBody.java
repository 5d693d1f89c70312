package io.ccflare.adapter.servlet;

import io.ccflare.api.http.GatewayResponse;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes one response: a batch, a flush, and only when the container has taken both the demand for the next. Signals come from
 * any thread; whoever finds nobody writing writes, and never waits.
 */
final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>> {

    private static final long UNKNOWN = -1;

    private final Exchange exchange;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final AtomicInteger signals = new AtomicInteger();
    private final ArrayWriter arrays = new ArrayWriter();
    /** Null until there is one. */
    private volatile @Nullable GatewayResponse answer;

    private volatile Flow.@Nullable Subscription subscription;
    private volatile @Nullable List<ByteBuffer> arrived;
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;
    private volatile boolean begun;
    private volatile boolean writable;
    private volatile boolean over;

    private @Nullable ServletOutputStream out;
    private boolean bodyAllowed;
    /** Bytes that the announced length still asks for. */
    private volatile long owed = UNKNOWN;
    /** The container has all bytes of the announced length and closes its stream by itself: nothing but the end may come. */
    private boolean whole;

    private boolean asked;
    private boolean headSent;
    private @Nullable List<ByteBuffer> batch;
    private int next;

    ResponseBody(Exchange exchange, HttpServletRequest request, HttpServletResponse response) {
        this.exchange = exchange;
        this.request = request;
        this.response = response;
    }

    /**
     * Has the container call when it takes bytes. Best done on the request's own thread, which does so when the servlet returns: later, the
     * container needs a change of thread before the first byte.
     */
    void listen() throws IOException {
        if (out == null) {
            ServletOutputStream stream = response.getOutputStream();
            out = stream;
            stream.setWriteListener(new Writing());
        }
    }

    void begin(GatewayResponse given) {
        answer = given;
        if (over) {
            // Given up in between, by somebody who did not see it.
            given.close();
            return;
        }
        try {
            head(given);
            listen();
        } catch (IOException | RuntimeException e) {
            exchange.breakOff(e);
            return;
        }
        begun = true;
        drain();
    }

    private void head(GatewayResponse of) {
        bodyAllowed = Outgoing.head(request, response, of);
        owed = bodyAllowed ? Outgoing.length(of) : UNKNOWN;
    }

    /** The container says that the response has ended. */
    void overNow() {
        if (owed != 0) {
            exchange.breakOff(null);
        }
    }

    /** Gives the response up: nobody reads it any more. */
    void cancel() {
        over = true;
        Flow.Subscription from = subscription;
        GatewayResponse unread = answer;
        if (from != null) {
            from.cancel();
        } else if (unread != null) {
            unread.close();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription from) {
        subscription = from;
        if (over) {
            from.cancel();
        } else {
            request(from);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (ended) {
            return;
        }
        if (arrived != null || buffers == null) {
            giveUp(new IllegalStateException("the handler sent no batch, or one that nobody asked for"));
            return;
        }
        arrived = buffers;
        drain();
    }

    /** The handler breaks the rules of bodies: nothing more is wanted of it. */
    private void giveUp(Throwable cause) {
        cancelSource();
        onError(cause);
    }

    private void cancelSource() {
        Flow.Subscription from = subscription;
        if (from != null) {
            from.cancel();
        }
    }

    @Override
    public void onError(Throwable cause) {
        if (ended) {
            return;
        }
        failure = cause;
        ended = true;
        drain();
    }

    @Override
    public void onComplete() {
        ended = true;
        drain();
    }

    private void drain() {
        if (signals.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                pass();
            } catch (IOException | RuntimeException | Error e) {
                exchange.breakOff(e);
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    private void pass() throws IOException {
        while (begun && !over && (whole || writable && ready())) {
            // In this order, since the end is told after the last batch.
            boolean last = ended;
            List<ByteBuffer> fresh = arrived;
            if (batch != null) {
                write(batch);
            } else if (fresh != null) {
                take(fresh);
            } else if (last) {
                end();
            } else if (!asked) {
                asked = true;
                ask();
            } else if (!headSent) {
                // Nothing has come at once: the caller learns status and headers meanwhile.
                headSent = true;
                stream().flush();
            } else {
                return;
            }
        }
    }

    private void take(List<ByteBuffer> buffers) {
        arrived = null;
        asked = false;
        next = 0;
        batch = bodyAllowed ? buffers : List.of();
        if (owed != UNKNOWN && batch.stream().mapToLong(ByteBuffer::remaining).sum() > owed) {
            batch = null;
            failure = new IOException("the body is longer than its Content-Length");
            ended = true;
        }
    }

    /** False when the container will call back. */
    private boolean ready() {
        // Before the question, since the container may call back before it returns.
        writable = false;
        if (!stream().isReady()) {
            return false;
        }
        writable = true;
        return true;
    }

    /** The first batch is asked for when the handler has subscribed: at once, or later on another thread. */
    private void ask() {
        Flow.Subscription from = subscription;
        if (from != null) {
            request(from);
            return;
        }
        try {
            Objects.requireNonNull(answer).body().subscribe(this);
        } catch (RuntimeException | Error e) {
            giveUp(e);
        }
    }

    private void request(Flow.Subscription from) {
        try {
            from.request(1);
        } catch (RuntimeException | Error e) {
            giveUp(e);
        }
    }

    private void write(List<ByteBuffer> buffers) throws IOException {
        while (next < buffers.size() && !buffers.get(next).hasRemaining()) {
            next++;
        }
        if (next < buffers.size()) {
            write(buffers.get(next), buffers);
            return;
        }
        batch = null;
        arrays.endBatch();
        boolean last = ended && failure == null && arrived == null;
        if (!last && bodyAllowed) {
            headSent = true;
            stream().flush();
        }
        whole = owed == 0;
    }

    private void write(ByteBuffer buffer, List<ByteBuffer> buffers) throws IOException {
        int count = ArrayWriter.next(buffer);
        // Before the write, within which the container may find that all is written.
        owed -= owed == UNKNOWN ? 0 : count;
        if (owed == 0) {
            exchange.stopWatching();
        }
        arrays.write(buffer, count, buffers, stream());
    }

    private void end() {
        Throwable broken = failure;
        if (broken == null && owed > 0) {
            broken = new IOException("the body is shorter than its Content-Length");
        }
        if (broken == null) {
            over = true;
            exchange.finish();
        } else if (response.isCommitted()) {
            exchange.breakOff(broken);
        } else {
            restart(exchange.failed(broken));
        }
    }

    /** Nothing has gone out yet: a clear error is better than a cut. */
    private void restart(GatewayResponse instead) {
        response.reset();
        cancelSource();
        answer = instead;
        subscription = null;
        failure = null;
        ended = false;
        asked = false;
        head(instead);
    }

    private ServletOutputStream stream() {
        return Objects.requireNonNull(out);
    }

    private final class Writing implements WriteListener {

        @Override
        public void onWritePossible() {
            writable = true;
            drain();
        }

        @Override
        public void onError(Throwable cause) {
            exchange.breakOff(cause);
        }
    }
}
