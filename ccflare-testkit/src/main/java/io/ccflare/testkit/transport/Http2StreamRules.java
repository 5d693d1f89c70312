package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A stream of HTTP/2 ends alone, and gets no more than was asked for. */
interface Http2StreamRules extends Http2Host {

    @Test
    default void givingUpACallResetsItsStreamAndLeavesTheOthersAlone() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            H2Link link = Http2Host.warm(far, transport);
            CompletableFuture<UpstreamResponse> kept = transport.send(Requests.post(far.origin()));
            int keptStream = link.request();
            Reading reading = Reading.all(Http2Host.head(link, keptStream, kept));
            for (boolean interrupt : new boolean[] {true, false}) {
                CompletableFuture<UpstreamResponse> waiting = transport.send(Requests.post(far.origin()));
                int stream = link.request();
                assertThat(waiting.cancel(interrupt)).isTrue();
                link.awaitReset(stream);
            }
            CompletableFuture<UpstreamResponse> unread = transport.send(Requests.post(far.origin()));
            int stream = link.request();
            Http2Host.head(link, stream, unread).close();
            link.awaitReset(stream);
            CompletableFuture<UpstreamResponse> read = transport.send(Requests.post(far.origin()));
            stream = link.request();
            Reading cancelled = Reading.of(Http2Host.head(link, stream, read)).ask(1);
            link.data(stream, "abc", 0);
            assertThat(cancelled.next()).isEqualTo("abc");
            cancelled.subscription().cancel();
            link.awaitReset(stream);
            assertThat(cancelled.end).isNotDone();
            link.data(keptStream, "whole", H2Link.END_STREAM);
            assertThat(reading.text()).isEqualTo("whole");
        }
    }

    @Test
    default void aStreamThatIsResetFailsInItsPhaseAndTheConnectionLivesOn() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            H2Link link = Http2Host.warm(far, transport);
            CompletableFuture<UpstreamResponse> waiting = transport.send(Requests.post(far.origin()));
            link.reset(link.request());
            Requests.failure(waiting, Phase.EXCHANGE);
            CompletableFuture<UpstreamResponse> read = transport.send(Requests.post(far.origin()));
            int stream = link.request();
            Reading reading = Reading.all(Http2Host.head(link, stream, read));
            link.data(stream, "abc", 0);
            assertThat(reading.next()).isEqualTo("abc");
            link.reset(stream);
            reading.breaksOff();
            CompletableFuture<UpstreamResponse> next = transport.send(Requests.post(far.origin()));
            link.ok(link.request(), "ok");
            assertThat(Reading.text(Waits.get(next, "the next answer"))).isEqualTo("ok");
        }
    }

    @Test
    default void aConnectionThatEndsFailsItsCallsAndTheNextGetsAnother() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            H2Link link = Http2Host.warm(far, transport);
            CompletableFuture<UpstreamResponse> read = transport.send(Requests.post(far.origin()));
            Reading reading = Reading.all(Http2Host.head(link, link.request(), read));
            CompletableFuture<UpstreamResponse> waiting = transport.send(Requests.post(far.origin()));
            link.request();
            link.link.close();
            Requests.failure(waiting, Phase.EXCHANGE);
            reading.breaksOff();
            Http2Host.warm(far, transport);
        }
    }

    @Test
    default void withoutDemandTheOtherSideGetsNoMoreRoom() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            H2Link link = Http2Host.warm(far, transport);
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            int stream = link.request();
            Reading reading = Reading.of(Http2Host.head(link, stream, call));
            long sent = 0;
            do {
                sent += link.fill(stream);
                assertThat(sent).isLessThan(40L * 1024 * 1024);
            } while (roomComesTo(link));
            assertThat(reading.batches).isEmpty();
            reading.ask(Long.MAX_VALUE);
            while (link.window() <= 0) {
                link.next();
            }
            link.data(stream, "", H2Link.END_STREAM);
            assertThat(reading.text()).hasSize((int) sent);
        }
    }

    /** Whether the other side gives room within a while. */
    private static boolean roomComesTo(H2Link link) throws Exception {
        link.link.socket.setSoTimeout(300);
        try {
            while (link.window() <= 0) {
                link.next();
            }
            return true;
        } catch (SocketTimeoutException nothingCame) {
            return false;
        } finally {
            link.link.socket.setSoTimeout(Waits.SECONDS * 1000);
        }
    }
}
