package io.ccflare.core.call;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.ccflare.testkit.TestTime;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A {@link StreamForwarder} between an upstream that is led by hand and a client. Opens what it is asked about, unless told otherwise. */
final class ForwarderRig implements StreamForwarder.Owner {

    final TestTime time = new TestTime();
    final List<StreamForwarder.Opening> openings = Collections.synchronizedList(new ArrayList<>());
    final List<Ending> endings = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger wordsAsked = new AtomicInteger();
    final StreamForwarder forwarder;
    final Upstream upstream = new Upstream();
    volatile boolean abandons;
    volatile boolean open;
    volatile @Nullable Throwable openingCause;

    ForwarderRig(int holdBytes, boolean mustBeWhole) {
        forwarder = new StreamForwarder(time, new ScriptedReader(), this, holdBytes, mustBeWhole);
    }

    ForwarderRig begun() {
        forwarder.onSubscribe(upstream);
        return this;
    }

    StrictClient read(StrictClient client) {
        forwarder.body().subscribe(client);
        return client;
    }

    void send(String text) {
        upstream.demand.getAndUpdate(n -> n == Long.MAX_VALUE ? n : n - 1);
        forwarder.onNext(batch(text));
    }

    static List<ByteBuffer> batch(String text) {
        return List.of(ByteBuffer.wrap(text.getBytes(US_ASCII)).asReadOnlyBuffer());
    }

    @Override
    public void opened(StreamForwarder.Opening how, @Nullable Throwable cause) {
        openings.add(how);
        openingCause = cause;
        if (abandons) {
            forwarder.abandon();
        } else {
            forwarder.open();
            open = true;
        }
    }

    @Override
    public void ended(Ending how, @Nullable Throwable cause) {
        endings.add(how);
    }

    @Override
    public byte @Nullable [] lastWords(Ending how) {
        wordsAsked.incrementAndGet();
        return "!".getBytes(US_ASCII);
    }

    /** Counts what it is asked for. */
    static final class Upstream implements Flow.Subscription {

        final AtomicLong demand = new AtomicLong();
        volatile boolean cancelled;
        volatile Runnable onRequest = () -> {};

        @Override
        public void request(long n) {
            demand.accumulateAndGet(n, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
            onRequest.run();
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
