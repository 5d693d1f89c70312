package io.ccflare.testkit.adapter;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.zip.CRC32;

/** A reader of a request body that keeps nothing but its length and its checksum. */
final class Tally implements Flow.Subscriber<List<ByteBuffer>> {

    final CompletableFuture<String> result = new CompletableFuture<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final CRC32 crc = new CRC32();
    private long count;
    private volatile boolean goOn;

    void askOnce() {
        subscription.join().request(1);
    }

    /** Asks for each batch when the one before is there, from now on. */
    void askOn() {
        goOn = true;
        askOnce();
    }

    @Override
    public void onSubscribe(Flow.Subscription from) {
        subscription.complete(from);
    }

    @Override
    public void onNext(List<ByteBuffer> batch) {
        for (ByteBuffer buffer : batch) {
            count += buffer.remaining();
            crc.update(buffer);
        }
        if (goOn) {
            askOnce();
        }
    }

    @Override
    public void onError(Throwable cause) {
        result.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        result.complete(count + ":" + crc.getValue());
    }
}
