package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Connections are used again where that is safe, and nowhere else. */
interface PoolRules extends TransportHost {

    private static CompletableFuture<UpstreamResponse> post(Transport transport, FarEnd far, String target) {
        return transport.send(Requests.post(far.origin(), target, "{}"));
    }

    /** Once in a while a transport may be told of the end before its connection is free again. */
    private static void assertUsedAgain(FarEnd far, int calls) {
        assertThat(far.accepted()).isLessThanOrEqualTo(calls / 2);
    }

    @Test
    default void aConnectionIsUsedAgainWhenItsAnswerHasEnded() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            far.answer((request, link) -> {
                if (request.target().endsWith("0")) {
                    link.write(Link.CHUNKED).chunk("abc").write("0\r\n\r\n");
                } else {
                    link.ok("abc");
                }
            });
            for (int i = 0; i < 20; i++) {
                assertThat(Reading.text(Waits.get(post(transport, far, "/" + i % 2), "the answer")))
                        .isEqualTo("abc");
            }
            assertUsedAgain(far, 20);
        }
    }

    @Test
    default void aConnectionIsUsedAgainAfterInterimAnswersAndTrailers() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            far.answer((request, link) -> link.write("HTTP/1.1 100 Continue\r\n\r\n")
                    .write("HTTP/1.1 103 Early Hints\r\nX-Late: no\r\n\r\n" + Link.CHUNKED)
                    .chunk(request.target())
                    .write("0\r\nX-Sum: 1\r\nx-other: 2\r\n\r\n"));
            for (int i = 0; i < 20; i++) {
                assertThat(Reading.text(Waits.get(post(transport, far, "/" + i), "the answer")))
                        .isEqualTo("/" + i);
            }
            assertUsedAgain(far, 20);
        }
    }

    @Test
    default void aConnectionIsUsedAgainAfterAnswersThatCannotHaveABody() throws Exception {
        List<String> heads = List.of(
                "200 OK\r\nContent-Length: 5",
                "200 OK\r\nTransfer-Encoding: chunked",
                "204 None",
                "304 Same\r\nContent-Length: 5",
                "200 OK\r\nContent-Length: 0");
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            far.answer((request, link) -> link.write(
                    "HTTP/1.1 " + heads.get(Integer.parseInt(request.target().substring(1))) + "\r\n\r\n"));
            for (int i = 0; i < 40; i++) {
                String method = i % 5 < 2 ? "HEAD" : "GET";
                var request = Requests.of(method, far.origin(), "/" + i % 5, new UpstreamBody.None());
                assertThat(Reading.of(Waits.get(transport.send(request), "the answer"))
                                .text())
                        .as("the body, for which no demand is needed")
                        .isEmpty();
            }
            assertUsedAgain(far, 40);
        }
    }

    @Test
    default void givingUpAnAnswerThatHasEndedLeavesItsConnectionAlone() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            far.answer((request, link) -> link.ok("abc"));
            for (int i = 0; i < 20; i++) {
                CompletableFuture<UpstreamResponse> call = post(transport, far, "/");
                UpstreamResponse response = Waits.get(call, "the answer");
                Reading reading = Reading.all(response);
                assertThat(reading.text()).isEqualTo("abc");
                assertThat(call.cancel(true)).isFalse();
                reading.subscription().cancel();
                reading.subscription().request(1);
                response.close();
                assertThat(reading.breaches).isEmpty();
            }
            assertUsedAgain(far, 20);
        }
    }

    @Test
    default void callsAtTheSameTimeHaveConnectionsOfTheirOwn() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            List<CompletableFuture<UpstreamResponse>> calls = new ArrayList<>();
            List<Link> links = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                calls.add(post(transport, far, "/" + i));
            }
            Set<String> targets = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                Link link = far.accept();
                targets.add(link.request().target());
                links.add(link.write(Link.CHUNKED).chunk("one"));
            }
            assertThat(targets).hasSize(100);
            List<Reading> readings = new ArrayList<>();
            for (CompletableFuture<UpstreamResponse> call : calls) {
                readings.add(Reading.all(Waits.get(call, "one of a hundred answers")));
            }
            for (Reading reading : readings) {
                assertThat(reading.next()).isEqualTo("one");
            }
            for (Link link : links) {
                link.chunk("two").write("0\r\n\r\n");
            }
            for (Reading reading : readings) {
                assertThat(reading.text()).isEqualTo("onetwo");
            }
        }
    }

    @Test
    default void aConnectionThatIsToCloseIsNotUsedAgain() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (String head : List.of(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                    "HTTP/1.1 200 OK\r\nconnection: Close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")) {
                CompletableFuture<UpstreamResponse> call = post(transport, far, "/first");
                Link link = far.accept();
                link.request();
                link.write(head);
                assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("ok");
                assertThat(link.untilEnd()).isEmpty();
            }
        }
    }

    @Test
    default void aConnectionWhoseBodyWasGivenUpIsNotUsedAgain() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (boolean read : new boolean[] {false, true}) {
                CompletableFuture<UpstreamResponse> call = post(transport, far, "/first");
                Link link = far.accept();
                link.request();
                link.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc");
                UpstreamResponse response = Waits.get(call, "the answer");
                if (read) {
                    assertThat(Reading.of(response).ask(1).next()).isEqualTo("abc");
                }
                response.close();
                CompletableFuture<UpstreamResponse> next = post(transport, far, "/next");
                Link second = far.accept();
                assertThat(second.request().target()).isEqualTo("/next");
                second.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                assertThat(Reading.text(Waits.get(next, "the next answer"))).isEqualTo("ok");
                assertThat(link.untilEnd()).isIn("", "<reset>");
            }
        }
    }

    @Test
    default void aConnectionWhoseBodyIsNotReadYetIsNotUsedForAnother() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> call = post(transport, far, "/first");
            Link link = far.accept();
            link.request();
            link.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
            UpstreamResponse response = Waits.get(call, "the answer");
            CompletableFuture<UpstreamResponse> next = post(transport, far, "/next");
            Link second = far.accept();
            assertThat(second.request().target()).isEqualTo("/next");
            second.ok("ok");
            assertThat(Reading.text(Waits.get(next, "the next answer"))).isEqualTo("ok");
            link.write("def");
            assertThat(Reading.text(response)).isEqualTo("abcdef");
        }
    }

    /** Whatever the other side says beyond its answer never becomes the answer of the next call. */
    @Test
    default void bytesBeyondAnAnswerAreNotTheNextOne() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            String forged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
            far.answer((request, link) -> link.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue"
                    + (request.target().equals("/first") ? forged : "")));
            assertThat(Reading.text(Waits.get(post(transport, far, "/first"), "the answer")))
                    .isEqualTo("true");
            for (int i = 0; i < 3; i++) {
                try {
                    assertThat(Reading.text(Waits.get(post(transport, far, "/next"), "the next answer")))
                            .isEqualTo("true");
                } catch (ExecutionException e) {
                    Requests.transportException(e);
                }
            }
        }
    }

    @Test
    default void anIdleConnectionThatTheOtherSideClosedDoesNoLastingHarmAndNoCallIsSentTwice() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            far.serve(link -> {
                Received received = link.request();
                if (!seen.add(received.target())) {
                    throw new AssertionError(received.target() + " came twice");
                }
                link.ok("ok");
                if (received.target().endsWith("reset")) {
                    link.reset();
                }
                link.close();
            });
            int served = 0;
            for (int i = 0; i < 40; i++) {
                try {
                    String target = "/" + i + (i % 4 == 3 ? "reset" : "");
                    served += Reading.text(Waits.get(post(transport, far, target), "the answer"))
                            .length();
                } catch (ExecutionException e) {
                    assertThat(Requests.transportException(e).phase()).isNotEqualTo(Phase.CONNECT);
                }
            }
            assertThat(served).isPositive();
        }
    }

    @Test
    default void aPostWhoseUsedConnectionIsClosedInItsFaceFailsInTheExchangeAndIsNotRepeated() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> first = post(transport, far, "/first");
            Link link = far.accept();
            link.request();
            link.ok("ok");
            assertThat(Reading.text(Waits.get(first, "the answer"))).isEqualTo("ok");
            CompletableFuture<UpstreamResponse> second = post(transport, far, "/second");
            link.request();
            link.close();
            Requests.failure(second, Phase.EXCHANGE);
            CompletableFuture<UpstreamResponse> third = post(transport, far, "/third");
            Link other = far.accept();
            assertThat(other.request().target()).isEqualTo("/third");
            other.ok("ok");
            assertThat(Reading.text(Waits.get(third, "the answer"))).isEqualTo("ok");
        }
    }
}
