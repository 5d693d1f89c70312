package io.ccflare.core.call;

import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.record.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a request body in memory, up to a limit, within the budget of all calls. Keeps the buffers it is given; only crumbs are put
 * together, so that a body in tiny pieces costs no more than its bytes.
 */
final class BodyGatherer implements Flow.Subscriber<List<ByteBuffer>>, Step {

    /** What becomes of it; one of these is called, once, unless it is abandoned. */
    interface Sink {
        void gathered(List<ByteBuffer> body, long length);

        void tooLarge();

        void noRoom();

        void broken(Throwable cause);
    }

    private static final int CRUMB = 1024;
    private static final int CRUMB_BLOCK = 8192;

    private final GatewayRequest request;
    private final BodyBudget budget;
    private final long maxBytes;
    private final long budgetBytes;
    private final Sink sink;

    // Guarded by this object's monitor; the sink and the subscription are called outside it.
    private List<ByteBuffer> buffers = new ArrayList<>();
    private Flow.@Nullable Subscription upload;
    private @Nullable ByteBuffer crumbs;
    private long length;
    private boolean done;

    BodyGatherer(GatewayRequest request, BodyBudget budget, long maxBytes, long budgetBytes, Sink sink) {
        this.request = request;
        this.budget = budget;
        this.maxBytes = maxBytes;
        this.budgetBytes = budgetBytes;
        this.sink = sink;
    }

    void start() {
        if (request.contentLength() == 0) {
            sink.gathered(List.of(), 0);
        } else if (request.contentLength() > maxBytes) {
            sink.tooLarge();
        } else {
            request.body().subscribe(this);
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        boolean late;
        synchronized (this) {
            upload = subscription;
            late = done;
        }
        if (late) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> batch) {
        long more = 0;
        for (ByteBuffer buffer : batch) {
            more += buffer.remaining();
        }
        Flow.Subscription next = null;
        boolean tooLarge;
        synchronized (this) {
            if (done) {
                return;
            }
            tooLarge = length + more > maxBytes;
            if (!tooLarge && budget.take(more, budgetBytes)) {
                length += more;
                batch.forEach(this::keep);
                next = upload;
            }
        }
        if (next != null) {
            next.request(1);
        } else if (stop()) {
            if (tooLarge) {
                sink.tooLarge();
            } else {
                sink.noRoom();
            }
        }
    }

    private void keep(ByteBuffer buffer) {
        if (buffer.remaining() >= CRUMB) {
            flushCrumbs();
            buffers.add(buffer);
            return;
        }
        if (crumbs == null || crumbs.remaining() < buffer.remaining()) {
            flushCrumbs();
            crumbs = ByteBuffer.allocate(CRUMB_BLOCK);
        }
        crumbs.put(buffer);
    }

    private void flushCrumbs() {
        if (crumbs != null && crumbs.position() > 0) {
            ByteBuffer rest = crumbs.slice();
            buffers.add(crumbs.flip());
            crumbs = rest.remaining() >= CRUMB ? rest : null;
        }
    }

    @Override
    public void onError(Throwable cause) {
        if (stop()) {
            sink.broken(cause);
        }
    }

    /** Lets go of the body too: the upload refers to this object for as long as the response goes on. */
    @Override
    public void onComplete() {
        List<ByteBuffer> body;
        synchronized (this) {
            if (done) {
                return;
            }
            done = true;
            flushCrumbs();
            crumbs = null;
            body = buffers;
            buffers = List.of();
        }
        sink.gathered(body, length);
    }

    @Override
    public void abandon(Outcome why) {
        stop();
    }

    /** Ends the upload and gives back what was gathered. @return false when it was over before */
    private boolean stop() {
        Flow.Subscription ends;
        synchronized (this) {
            if (done) {
                return false;
            }
            done = true;
            ends = upload;
            budget.giveBack(length);
            buffers.clear();
        }
        if (ends != null) {
            ends.cancel();
        }
        return true;
    }
}
