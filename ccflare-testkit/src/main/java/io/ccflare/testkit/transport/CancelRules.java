package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A call that is given up, at whatever point it is, gives its connection up. Nothing watches the clock but the gateway, which cancels. */
interface CancelRules extends TransportHost {

    private static void assertCancelled(CompletableFuture<UpstreamResponse> call) {
        assertThat(call.isCancelled()).isTrue();
        assertThat(call.cancel(true)).isTrue();
    }

    @Test
    default void cancellingWhileTlsIsNegotiatedClosesTheConnection() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (boolean interrupt : new boolean[] {true, false}) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin("https")));
                Link link = far.accept();
                link.exactly(1);
                assertThat(call.cancel(interrupt)).isTrue();
                assertCancelled(call);
                link.untilEnd();
            }
        }
    }

    @Test
    default void cancellingInTheUploadClosesTheConnectionAndTellsTheSource() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (boolean interrupt : new boolean[] {true, false}) {
                Upload upload = new Upload();
                UpstreamBody body = upload.ofUnknownLength();
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.of("POST", far.origin(), "/", body));
                Link link = far.accept();
                upload.send("abc");
                link.head();
                link.chunk();
                assertThat(call.cancel(interrupt)).isTrue();
                assertCancelled(call);
                Waits.get(upload.cancelled, "the end of the upload");
                assertThat(link.untilEnd()).doesNotContain("0\r\n\r\n");
            }
        }
    }

    @Test
    default void cancellingWhileTheAnswerIsAwaitedClosesTheConnection() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (boolean interrupt : new boolean[] {true, false}) {
                for (String part : List.of("", "HTTP/1.1 200 OK\r\nX-Pa")) {
                    CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                    Link link = far.accept();
                    link.request();
                    link.write(part);
                    assertThat(call.cancel(interrupt)).isTrue();
                    assertCancelled(call);
                    assertThat(link.untilEnd()).isIn("", "<reset>");
                }
            }
        }
    }

    @Test
    default void closingAnUnreadAnswerClosesTheConnectionAndRefusesReaders() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED).chunk("abc");
            UpstreamResponse response = Waits.get(call, "the answer");
            response.close();
            response.close();
            link.untilEnd();
            Reading late = Reading.of(response);
            assertThatThrownBy(() -> Waits.get(late.end, "the refusal"))
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    default void givingUpInTheBodyClosesTheConnectionAndSignalsNothingMore() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (String way : List.of("cancel", "close")) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                Link link = far.accept();
                link.request();
                link.write(Link.CHUNKED).chunk("abc");
                UpstreamResponse response = Waits.get(call, "the answer");
                Reading reading = Reading.of(response).ask(1);
                assertThat(reading.next()).isEqualTo("abc");
                if (way.equals("cancel")) {
                    reading.subscription().cancel();
                    reading.subscription().cancel();
                } else {
                    response.close();
                }
                link.untilEnd();
                reading.subscription().request(1);
                response.close();
                assertThat(reading.batches).isEmpty();
                assertThat(reading.end).isNotDone();
                assertThat(reading.breaches).isEmpty();
            }
        }
    }

    @Test
    default void cancellingOneCallLeavesOthersAlone() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> kept = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED).chunk("abc");
            Reading reading = Reading.all(Waits.get(kept, "the answer"));
            CompletableFuture<UpstreamResponse> other = transport.send(Requests.post(far.origin()));
            Link second = far.accept();
            second.request();
            other.cancel(true);
            second.untilEnd();
            link.chunk("def").write("0\r\n\r\n");
            assertThat(reading.text()).isEqualTo("abcdef");
        }
    }

    @Test
    default void cancellingAtAnyMomentLeavesNoConnectionOpen() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            far.serve(link -> {
                opened.incrementAndGet();
                try {
                    if (link.headOrEnd() != null) {
                        link.write(Link.CHUNKED).chunk("abc");
                    }
                } finally {
                    link.untilEnd();
                    ended.incrementAndGet();
                }
            });
            List<CompletableFuture<UpstreamResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                calls.add(call);
                int others = opened.get();
                for (int spin = 0; spin < (i % 20) * 2_000 && (i % 3 != 0 || opened.get() == others); spin++) {
                    Thread.onSpinWait();
                }
                if (!call.cancel(i % 2 == 0)) {
                    Waits.get(call, "the answer").close();
                }
            }
            assertThat(calls).allMatch(CompletableFuture::isDone);
            Waits.until(() -> ended.get() == opened.get(), "every connection to be closed");
        }
    }
}
