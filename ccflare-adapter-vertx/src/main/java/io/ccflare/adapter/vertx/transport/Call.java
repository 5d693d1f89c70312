package io.ccflare.adapter.vertx.transport;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamCall;
import io.ccflare.api.transport.UpstreamRequest;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/** One call. Whoever gives it up may do so on any thread; all else happens on the event loop of its connection. */
final class Call extends UpstreamCall {

    private static final long CANCEL = 8;

    private final Loop loop;
    private final ContextInternal context;
    private final Origin origin;
    private final RequestOptions line;
    private @Nullable UpstreamRequest request;
    private @Nullable Link link;
    private @Nullable HttpClientRequest exchange;
    private @Nullable Upload upload;
    private boolean over;

    private volatile @Nullable Body body;

    private Call(Loop loop, ContextInternal context, Origin origin, UpstreamRequest request, RequestOptions line) {
        this.loop = loop;
        this.context = context;
        this.origin = origin;
        this.request = request;
        this.line = line;
    }

    /**
     * @param context on whose event loop the call runs, and as which its callbacks
     * @throws IllegalArgumentException if the request cannot be sent
     */
    static Call create(Loop loop, ContextInternal context, Origin origin, UpstreamRequest request) {
        Head.check(request.headers());
        HttpMethod method = HttpMethod.valueOf(request.method());
        if (method.equals(HttpMethod.CONNECT)) {
            throw new IllegalArgumentException("CONNECT is not a method that can be passed on");
        }
        RequestOptions line = new RequestOptions().setMethod(method).setURI(Head.target(request.target()));
        line.setProxyOptions(loop.connector().forwarder(origin));
        return new Call(loop, context, origin, request, line);
    }

    @Override
    protected void abandoned() {
        loop.run(() -> over(false));
    }

    /** Runs a task on the call's event loop and as its context: at once if called on that loop. */
    void run(Runnable task) {
        if (loop.isHere()) {
            task.run();
        } else {
            loop.run(() -> context.dispatch(task));
        }
    }

    Loop loop() {
        return loop;
    }

    ContextInternal context() {
        return context;
    }

    Origin origin() {
        return origin;
    }

    /** Nobody waits any more; a cancellation on another thread counts before the event loop has come to it. */
    boolean isOver() {
        return over || isDone();
    }

    void noConnection(Throwable error) {
        fail(error);
    }

    /** Goes out on a connection. */
    void start(Link taken, HttpClientConnection connection) {
        if (isOver()) {
            taken.release(true);
            return;
        }
        link = taken;
        context.dispatch(() -> connection.request(line).onComplete(this::begin, this::fail));
    }

    private void begin(HttpClientRequest given) {
        given.exceptionHandler(this::fail);
        UpstreamRequest sent = request;
        if (isOver() || sent == null) {
            given.reset(CANCEL);
            return;
        }
        exchange = given;
        request = null;
        given.response().onComplete(this::onHead, this::fail);
        try {
            Head.write(sent, origin, given.headers(), given.version());
            upload = new Upload(this, given);
            upload.begin(sent.body());
        } catch (IllegalArgumentException e) {
            fail(new TransportException(Phase.EXCHANGE, origin + ": a header line that cannot be sent", null));
        }
    }

    private void onHead(HttpClientResponse response) {
        response.exceptionHandler(this::fail);
        if (over) {
            return;
        }
        if (response.statusCode() < 200) {
            fail(Failures.of(Phase.EXCHANGE, origin, "an interim answer of status " + response.statusCode()));
            return;
        }
        Headers headers;
        try {
            headers = Head.read(response.headers());
        } catch (IllegalArgumentException e) {
            fail(Failures.of(Phase.EXCHANGE, origin, "the answer is not valid HTTP: " + e.getMessage()));
            return;
        }
        Body content = new Body(this, response, HttpMethod.HEAD.equals(line.getMethod()));
        body = content;
        answered(response.statusCode(), headers, content);
    }

    /** Something broke, below HTTP or on the way up. */
    void fail(Throwable error) {
        Body content = body;
        if (over) {
            return;
        }
        if (content != null) {
            content.breakOff(error);
            return;
        }
        Phase phase = exchange == null ? Phase.CONNECT : Phase.EXCHANGE;
        over(false);
        failed(error instanceof TransportException told ? told : Failures.of(phase, origin, error));
    }

    /** Ends the call from the transport's side: whoever waits for it or reads from it is told. */
    void shutDown() {
        Body content = body;
        if (content != null) {
            content.fail(Failures.of(Phase.BODY, origin, "the transport was closed"));
            return;
        }
        Phase phase = exchange == null ? Phase.CONNECT : Phase.EXCHANGE;
        over(false);
        failed(Failures.of(phase, origin, "the transport was closed"));
    }

    /** Fails a call that its event loop has not seen; on any thread. */
    void refuse() {
        failed(Failures.of(Phase.CONNECT, origin, "the transport was closed"));
    }

    /** Nothing more comes: gives the connection back, or closes it. */
    void over(boolean whole) {
        if (over) {
            return;
        }
        over = true;
        request = null;
        loop.leave(this);
        boolean clean = whole && upload != null && upload.isDone();
        if (upload != null) {
            upload.cancel();
        }
        if (exchange != null && !clean) {
            exchange.reset(CANCEL);
        }
        if (link != null) {
            link.release(clean);
        }
    }
}
