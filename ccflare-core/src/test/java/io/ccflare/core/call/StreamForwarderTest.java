package io.ccflare.core.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.core.call.StreamForwarder.Opening;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class StreamForwarderTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    @Test
    void oneBatchAtATimeIsTakenWhileNothingIsDecided() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        assertThat(rig.upstream.demand).hasValue(1);
        rig.send("a|");
        assertThat(rig.upstream.demand).hasValue(1);
        rig.send("b|");
        assertThat(rig.openings).isEmpty();
    }

    @Test
    void whatWasHeldGoesAsOneBatchWhenContentCame() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("a|");
        rig.send("C|");
        assertThat(rig.openings).containsExactly(Opening.COMMITTED);
        StrictClient client = rig.read(StrictClient.unbounded());
        rig.send("b|");
        rig.forwarder.onComplete();
        assertThat(client.batches).containsExactly("a|C|", "b|");
        assertThat(client.completed).isTrue();
        assertThat(client.breaches).isEmpty();
        assertThat(rig.endings).containsExactly(Ending.COMPLETE);
        assertThat(rig.forwarder.bytes()).isEqualTo(6);
    }

    @Test
    void anErrorBeforeContentIsToldToTheOwner() {
        ForwarderRig rig = new ForwarderRig(100, false);
        rig.abandons = true;
        rig.begun().send("F|");
        assertThat(rig.openings).containsExactly(Opening.FAILED);
        assertThat(rig.upstream.cancelled).isTrue();
        assertThat(rig.endings).isEmpty();
    }

    @Test
    void theByteBoundEndsHoldingBack() {
        ForwarderRig rig = new ForwarderRig(4, false).begun();
        rig.send("abc");
        assertThat(rig.openings).isEmpty();
        rig.send("d");
        assertThat(rig.openings).containsExactly(Opening.BOUND);
    }

    @Test
    void theTimeBoundEndsHoldingBackOnce() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.forwarder.holdNoLonger();
        rig.forwarder.holdNoLonger();
        rig.send("C");
        assertThat(rig.openings).containsExactly(Opening.BOUND);
        assertThat(rig.read(StrictClient.unbounded()).text()).isEqualTo("C");
    }

    @Test
    void aBodyThatEndsOrBreaksWhileHeldIsTheOwnersToJudge() {
        ForwarderRig whole = new ForwarderRig(100, false).begun();
        whole.send("{}");
        whole.forwarder.onComplete();
        assertThat(whole.openings).containsExactly(Opening.COMPLETE);
        ForwarderRig broken = new ForwarderRig(100, false).begun();
        broken.forwarder.onError(new IOException("reset"));
        assertThat(broken.openings).containsExactly(Opening.BROKEN);
        assertThat(broken.openingCause).hasMessage("reset");
    }

    @Test
    void theClientsDemandIsTheUpstreamsOnceItIsOpen() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        StrictClient client = rig.read(new StrictClient());
        assertThat(rig.upstream.demand).hasValue(0);
        client.request(3);
        assertThat(client.batches).containsExactly("C");
        assertThat(rig.upstream.demand).hasValue(2);
        client.request(4);
        assertThat(rig.upstream.demand).hasValue(6);
        rig.send("d");
        assertThat(rig.upstream.demand).hasValue(5);
        assertThat(client.breaches).isEmpty();
    }

    @Test
    void aClientThatAsksBeforeTheUpstreamIsThereIsServed() {
        ForwarderRig rig = new ForwarderRig(100, false);
        rig.forwarder.holdNoLonger();
        StrictClient client = rig.read(StrictClient.unbounded());
        rig.begun();
        assertThat(rig.upstream.demand).hasValue(Long.MAX_VALUE);
        rig.send("C");
        rig.send("d");
        assertThat(client.text()).isEqualTo("Cd");
    }

    @Test
    void whatAnUpstreamSendsFromWithinRequestNeitherStallsNorNestsNorChangesOrder() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        Queue<String> texts = new ArrayDeque<>();
        for (int i = 0; i < 20; i++) {
            texts.add("<" + i + ">");
        }
        String whole = "C" + String.join("", texts);
        rig.upstream.onRequest = () -> {
            while (rig.upstream.demand.get() > 0 && !texts.isEmpty()) {
                rig.send(texts.remove());
            }
        };
        int[] seen = {0};
        StrictClient client = rig.read(new StrictClient(c -> c.request(3), c -> {
            if (++seen[0] % 3 == 0) {
                c.request(3);
            }
        }));
        assertThat(client.text()).isEqualTo(whole);
        assertThat(client.breaches).isEmpty();
    }

    @Test
    void demandThatIsNotPositiveEndsTheBodyWithAnError() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        StrictClient client = rig.read(new StrictClient());
        client.request(0);
        assertThat(client.failure).isInstanceOf(IllegalArgumentException.class);
        assertThat(rig.upstream.cancelled).isTrue();
        assertThat(rig.endings).containsExactly(Ending.CANCELLED);
        assertThat(client.batches).isEmpty();
    }

    @Test
    void demandThatIsNotPositiveWithinABatchIsAnsweredAfterIt() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        StrictClient client = rig.read(new StrictClient(c -> c.request(1), c -> c.request(-1)));
        assertThat(client.failure).isInstanceOf(IllegalArgumentException.class);
        assertThat(client.breaches).isEmpty();
    }

    @Test
    void cancellingGivesTheUpstreamUpAndSaysNothingMore() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        StrictClient client = rig.read(StrictClient.stepwise());
        client.cancel();
        client.cancel();
        rig.forwarder.onNext(ForwarderRig.batch("late"));
        rig.forwarder.onComplete();
        assertThat(rig.upstream.cancelled).isTrue();
        assertThat(client.batches).containsExactly("C");
        assertThat(client.ended()).isFalse();
        assertThat(rig.endings).containsExactly(Ending.CANCELLED);
    }

    @Test
    void aClientThatCancelsAtOnceHearsNothing() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        StrictClient client = rig.read(new StrictClient(StrictClient::cancel, c -> {}));
        assertThat(client.ended()).isFalse();
        assertThat(rig.endings).containsExactly(Ending.CANCELLED);
    }

    @Test
    void aBrokenStreamEndsWithAnEventOfTheGatewayWhereOneFits() {
        ForwarderRig rig = new ForwarderRig(100, true).begun();
        rig.send("C|");
        StrictClient client = rig.read(StrictClient.unbounded());
        rig.forwarder.onError(new IOException("reset"));
        assertThat(client.text()).isEqualTo("C|!");
        assertThat(client.failure).hasMessage("reset");
        assertThat(rig.wordsAsked).hasValue(1);
        assertThat(rig.endings).containsExactly(Ending.CUT);
    }

    @Test
    void aBrokenStreamIsNotAddedToWithinAnEvent() {
        ForwarderRig rig = new ForwarderRig(100, true).begun();
        rig.send("C|half");
        StrictClient client = rig.read(StrictClient.unbounded());
        rig.forwarder.onError(new IOException("reset"));
        assertThat(client.text()).isEqualTo("C|half");
        assertThat(client.failure).hasMessage("reset");
    }

    @Test
    void aCleanEndBeforeTheLastEventIsACut() {
        ForwarderRig rig = new ForwarderRig(100, true).begun();
        rig.send("C");
        StrictClient client = rig.read(StrictClient.unbounded());
        rig.forwarder.onComplete();
        assertThat(client.completed).isFalse();
        assertThat(client.failure).isInstanceOf(CutException.class);
    }

    @Test
    void lastWordsWaitForDemand() {
        ForwarderRig rig = new ForwarderRig(100, true).begun();
        rig.send("C|");
        StrictClient client = rig.read(new StrictClient());
        client.request(1);
        rig.forwarder.onError(new IOException("reset"));
        assertThat(client.ended()).isFalse();
        client.request(1);
        assertThat(client.text()).isEqualTo("C|!");
        assertThat(client.failure).hasMessage("reset");
    }

    @Test
    void anUpstreamThatFallsSilentIsCutAndWhatItSendsLateIsNotPassed() {
        ForwarderRig rig = new ForwarderRig(100, true).begun();
        rig.send("C|");
        StrictClient client = rig.read(new StrictClient());
        client.request(2);
        rig.time.advance(Duration.ofMinutes(1));
        rig.forwarder.sweep(rig.time.nanos(), MINUTE, MINUTE, MINUTE);
        rig.forwarder.onNext(ForwarderRig.batch("late|"));
        client.request(5);
        assertThat(client.text()).isEqualTo("C|!");
        assertThat(client.failure).isInstanceOf(CutException.class);
        assertThat(rig.upstream.cancelled).isTrue();
        assertThat(rig.endings).containsExactly(Ending.IDLE);
    }

    @Test
    void lateBatchesDoNotFollowTheLastWordsThatWaitForDemand() {
        ForwarderRig rig = new ForwarderRig(100, true).begun();
        rig.send("x|");
        rig.forwarder.holdNoLonger();
        StrictClient client = rig.read(new StrictClient());
        client.request(1);
        rig.time.advance(Duration.ofMinutes(1));
        rig.forwarder.sweep(rig.time.nanos(), MINUTE, MINUTE, MINUTE);
        rig.forwarder.onNext(ForwarderRig.batch("late|"));
        client.request(5);
        assertThat(client.batches).containsExactly("x|", "!");
        assertThat(client.failure).isInstanceOf(CutException.class);
    }

    @Test
    void aSlowClientsPauseIsNotCountedAgainstTheUpstream() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        StrictClient client = rig.read(new StrictClient());
        client.request(1);
        rig.time.advance(Duration.ofSeconds(59));
        client.request(1);
        rig.time.advance(Duration.ofSeconds(2));
        rig.forwarder.sweep(rig.time.nanos(), MINUTE, MINUTE, MINUTE);
        assertThat(rig.endings).isEmpty();
        rig.send("d");
        assertThat(client.text()).isEqualTo("Cd");
    }

    @Test
    void aClientThatTakesNothingIsGivenUp() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        StrictClient client = rig.read(new StrictClient());
        rig.time.advance(Duration.ofMinutes(1));
        rig.forwarder.sweep(rig.time.nanos(), Long.MAX_VALUE, MINUTE, Long.MAX_VALUE);
        assertThat(rig.endings).containsExactly(Ending.UNREAD);
        assertThat(client.failure).isInstanceOf(CutException.class);
        assertThat(rig.upstream.cancelled).isTrue();
    }

    @Test
    void aResponseThatNobodyReadsIsGivenUp() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        rig.time.advance(Duration.ofMinutes(1));
        rig.forwarder.sweep(rig.time.nanos(), Long.MAX_VALUE, Long.MAX_VALUE, MINUTE);
        assertThat(rig.endings).containsExactly(Ending.UNREAD);
        assertThat(rig.read(new StrictClient()).failure).isInstanceOf(CutException.class);
    }

    @Test
    void aClientThatThrowsIsTakenAsGone() {
        ForwarderRig rig = new ForwarderRig(100, false).begun();
        rig.send("C");
        rig.read(new StrictClient(c -> c.request(9), c -> {
            throw new IllegalStateException("client broke");
        }));
        assertThat(rig.endings).containsExactly(Ending.CANCELLED);
        assertThat(rig.upstream.cancelled).isTrue();
    }

    @Test
    void anUpstreamThatComesAfterItWasAbandonedIsCancelled() {
        ForwarderRig rig = new ForwarderRig(100, false);
        rig.forwarder.abandon();
        rig.begun();
        assertThat(rig.upstream.cancelled).isTrue();
        assertThat(rig.upstream.demand).hasValue(0);
    }

    @Test
    void theBuffersThatGoDownAreThoseThatCame() {
        ForwarderRig rig = new ForwarderRig(100, true).begun();
        List<ByteBuffer> held = ForwarderRig.batch("C|");
        List<ByteBuffer> later = ForwarderRig.batch("x|");
        List<ByteBuffer> got = new ArrayList<>();
        rig.forwarder.onNext(held);
        rig.forwarder.body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                got.addAll(batch);
            }

            @Override
            public void onError(Throwable cause) {
                throw new AssertionError(cause);
            }

            @Override
            public void onComplete() {
                // The end does not matter here.
            }
        });
        rig.forwarder.onNext(later);
        assertThat(got).hasSize(2);
        assertThat(got.get(0)).isSameAs(held.get(0));
        assertThat(got.get(1)).isSameAs(later.get(0));
    }
}
