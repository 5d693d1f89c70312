package io.ccflare.adapter.vertx;

import io.ccflare.api.http.GatewayResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes one response: a batch is one write and one flush, and the next is asked for when the connection has taken it. Signals come from any
 * thread and leave what they bring in a field; everything else happens on the request's context.
 */
final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>> {

    private static final System.Logger LOG = System.getLogger(ResponseBody.class.getName());

    private final Exchange exchange;
    private final RoutingContext context;
    private final HttpServerResponse response;
    private final Home home;
    private final GatewayResponse answer;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile @Nullable List<ByteBuffer> arrived;
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;
    private volatile boolean asked;
    private volatile boolean over;

    // On the request's context only.
    private boolean bodyAllowed;
    /** Bytes of a known length that have not been written; -1 when it is not known. */
    private long remaining;

    private boolean pumping;
    private boolean writing;
    private boolean headSent;
    private boolean delivered;
    private boolean closes;

    ResponseBody(Exchange exchange, RoutingContext context, Home home, GatewayResponse answer) {
        this.exchange = exchange;
        this.context = context;
        this.response = context.response();
        this.home = home;
        this.answer = answer;
    }

    void begin() {
        try {
            remaining = Outgoing.length(answer);
        } catch (IllegalArgumentException e) {
            broken(e);
            return;
        }
        bodyAllowed = Outgoing.mayHaveBody(answer.status()) && context.request().method() != HttpMethod.HEAD;
        pump();
    }

    /** Gives the response up: nobody reads it any more. */
    void giveUp() {
        over = true;
        cancel();
    }

    private void cancel() {
        Flow.Subscription from = subscription;
        if (from != null) {
            from.cancel();
        } else {
            answer.close();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription from) {
        subscription = from;
        if (over) {
            from.cancel();
        } else {
            from.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (ended) {
            return;
        }
        if (!asked || buffers == null) {
            onError(new IllegalStateException("the handler sent no batch, or one that nobody asked for"));
            cancel();
            return;
        }
        arrived = buffers;
        asked = false;
        signal();
    }

    @Override
    public void onError(Throwable cause) {
        if (ended) {
            return;
        }
        failure = cause;
        ended = true;
        signal();
    }

    @Override
    public void onComplete() {
        ended = true;
        signal();
    }

    /** Has what was left in the fields looked at; signals from elsewhere that come together make one hop. */
    private void signal() {
        if (home.here()) {
            pump();
        } else if (!underWay.getAndSet(true) && !home.later(this::hopped)) {
            giveUp();
        }
    }

    private void hopped() {
        underWay.set(false);
        pump();
    }

    /** A signal that comes while this runs finds it running: the loop sees what it brought. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!over && !writing && step()) {}
        } catch (RuntimeException | Error e) {
            broken(e);
        } finally {
            pumping = false;
        }
    }

    /** Does the next thing there is; false when that is to wait. */
    private boolean step() {
        // Before the batch: what has ended has arrived, and what is not asked for any more as well.
        boolean waiting = asked;
        boolean last = ended;
        List<ByteBuffer> batch = arrived;
        if (batch != null) {
            arrived = null;
            write(batch, last && failure == null);
        } else if (last) {
            end();
            return false;
        } else if (!waiting) {
            asked = true;
            Flow.Subscription from = subscription;
            if (from == null) {
                // The first batch is asked for by onSubscribe, which may come later.
                answer.body().subscribe(this);
            } else {
                from.request(1);
            }
        } else {
            if (!headSent && bodyAllowed) {
                // Nothing has come at once: the caller learns status and headers meanwhile.
                sendHead();
            }
            return false;
        }
        return true;
    }

    private void write(List<ByteBuffer> batch, boolean last) {
        long count = 0;
        for (ByteBuffer buffer : batch) {
            count += buffer.remaining();
        }
        if (count == 0 || !bodyAllowed) {
            return;
        }
        if (delivered || remaining >= 0 && count > remaining) {
            broken(new IOException("the body is longer than its Content-Length"));
            return;
        }
        remaining -= remaining >= 0 ? count : 0;
        if (last && remaining <= 0) {
            finish(Outgoing.body(batch));
        } else if (remaining == 0) {
            deliver(batch);
        } else {
            send(batch);
        }
    }

    private void send(List<ByteBuffer> batch) {
        head(false);
        follow(response.write(Outgoing.body(batch)));
    }

    /** Goes on when the connection has taken a write, and not if it has failed. */
    private void follow(Future<Void> written) {
        if (!written.isComplete()) {
            writing = true;
            written.onComplete(done -> {
                writing = false;
                follow(written);
                pump();
            });
        } else if (written.failed() && !over) {
            giveUp();
            if (!delivered) {
                exchange.cut(written.cause());
            }
        }
    }

    /** All that was announced is there: the response ends here, and the end of the body is only waited for. */
    private void deliver(List<ByteBuffer> batch) {
        delivered = true;
        head(true);
        exchange.finish();
        follow(response.end(Outgoing.body(batch)));
    }

    private void end() {
        over = true;
        if (delivered) {
            return;
        }
        Throwable broken = failure;
        if (broken == null && remaining > 0 && bodyAllowed) {
            broken = new IOException("the body is shorter than its Content-Length");
        }
        if (broken == null) {
            finish(null);
        } else {
            broken(broken);
        }
    }

    private void finish(@Nullable Buffer rest) {
        over = true;
        head(true);
        exchange.finish();
        Future<Void> written = rest == null ? response.end() : response.end(rest);
        if (closes) {
            written.onComplete(done -> context.request().connection().close());
        }
    }

    /** Makes a failure visible: by an error in place of the response, or, once that has begun, by a cut. */
    private void broken(Throwable cause) {
        over = true;
        if (!ended) {
            cancel();
        }
        if (delivered) {
            LOG.log(System.Logger.Level.WARNING, "a response went out whole, and its body failed behind it", cause);
        } else if (headSent) {
            exchange.cut(cause);
        } else {
            exchange.replace(cause);
        }
    }

    private void sendHead() {
        head(false);
        if (context.request().version() == HttpVersion.HTTP_1_0) {
            response.write(Buffer.buffer());
        } else {
            response.writeHead();
        }
    }

    private void head(boolean whole) {
        if (headSent) {
            return;
        }
        Outgoing.head(answer, response);
        headSent = true;
        if (!whole && remaining < 0 && context.request().version() == HttpVersion.HTTP_1_0) {
            // Only the end of the connection tells such a caller where the body ends; Vert.x would keep it.
            closes = true;
            context.addHeadersEndHandler(nothing -> response.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
        }
    }
}
