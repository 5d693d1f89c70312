package io.ccflare.core.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.UpstreamBody;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutgoingBodyTest {

    private static final int LENGTH = 50_000;

    @Test
    void bytesThatWereSentAreNotHeldBySubscriptionOrPublisherOnceTheAnswerComes() throws InterruptedException {
        ReferenceQueue<byte[]> gone = new ReferenceQueue<>();
        Sender sender = new Sender();
        byte[] bytes = new byte[LENGTH];
        OutgoingBody body = OutgoingBody.of(new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(bytes)), LENGTH));
        Reference<byte[]> sent = new WeakReference<>(bytes, gone);
        bytes = null;
        body.subscribe(sender);
        assertThat(sender.sent).isEqualTo(LENGTH);
        body.letGo();
        System.gc();
        assertThat(gone.remove(10_000)).isSameAs(sent);
        Reference.reachabilityFence(body);
        Reference.reachabilityFence(sender);
    }

    @Test
    void anEmptyBodyEndsWhenItIsAskedForAndNotBefore() {
        Sender sender = new Sender();
        Pieces pieces = new Pieces(sender);
        pieces.onSubscribe(NoSubscription.INSTANCE);
        pieces.onComplete();
        assertThat(sender.ended).isTrue();
        Sender late = new Sender(0);
        pieces = new Pieces(late);
        pieces.onSubscribe(NoSubscription.INSTANCE);
        pieces.onComplete();
        assertThat(late.ended).isFalse();
        pieces.request(1);
        assertThat(late.ended).isTrue();
    }

    /** Keeps its subscription for as long as it lives, as the JDK's does. */
    private static final class Sender implements Flow.Subscriber<ByteBuffer> {

        private final long first;
        private int sent;
        private boolean ended;
        private Flow.@Nullable Subscription subscription;

        Sender() {
            this(Long.MAX_VALUE);
        }

        Sender(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            if (first > 0) {
                given.request(first);
            }
        }

        @Override
        public void onNext(ByteBuffer piece) {
            sent += piece.remaining();
        }

        @Override
        public void onError(Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void onComplete() {
            assertThat(subscription).isNotNull();
            ended = true;
        }
    }
}
