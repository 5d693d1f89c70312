package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** HTTP/2 is off unless asked for, and then never has more streams in flight than it was allowed. */
interface Http2Rules extends Http2Host {

    private static String protocol(Link link) {
        return ((SSLSocket) link.socket).getApplicationProtocol();
    }

    @Test
    default void http2IsOffByDefault() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 0)) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            assertThat(link.request().line()).endsWith(" HTTP/1.1");
            assertThat(protocol(link)).isNotEqualTo("h2");
            link.ok("ok");
            assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("ok");
        }
    }

    @Test
    default void http2IsSpokenWhereTheOtherSideOffersIt() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            H2Link link = new H2Link(far.accept(), 100);
            int stream = link.request();
            link.head(stream, "103", 0, "link", "</x>")
                    .head(stream, "429", 0, "retry-after", "7", "x-two", "a", "x-two", "b");
            UpstreamResponse response = Waits.get(call, "the answer");
            assertThat(response.status()).isEqualTo(429);
            assertThat(response.headers().first("retry-after")).isEqualTo("7");
            assertThat(response.headers().all("x-two")).containsExactly("a", "b");
            Reading reading = Reading.all(response);
            for (int i = 0; i < 10; i++) {
                link.data(stream, "data: " + i, 0);
                assertThat(reading.next()).isEqualTo("data: " + i);
            }
            link.head(stream, "", H2Link.END_STREAM, "x-sum", "1");
            assertThat(reading.text()).hasSize(70);
        }
    }

    @Test
    default void http1IsSpokenWhereTheOtherSideOffersNothingElse() throws Exception {
        Authority authority = new Authority();
        try (FarEnd secure = FarEnd.open(authority.serverContext(), "http/1.1");
                FarEnd plain = FarEnd.open();
                Transport transport = start(authority, 4)) {
            for (FarEnd far : List.of(secure, plain)) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                Link link = far.accept();
                Received received = link.request();
                assertThat(received.line()).endsWith(" HTTP/1.1");
                assertThat(received.names()).doesNotContain("upgrade", "http2-settings");
                link.ok("ok");
                assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("ok");
            }
        }
    }

    @Test
    default void callsShareAConnectionAndEachGetsItsOwnAnswer() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            H2Link link = Http2Host.warm(far, transport);
            List<CompletableFuture<UpstreamResponse>> calls = new ArrayList<>();
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(transport.send(Requests.post(far.origin())));
                streams.add(link.request());
            }
            for (int i = 3; i >= 0; i--) {
                link.ok(streams.get(i), "answer " + i);
                assertThat(Reading.text(Waits.get(calls.get(i), "an answer"))).isEqualTo("answer " + i);
            }
        }
    }

    @Test
    default void noMoreStreamsAreInFlightThanAllowed() throws Exception {
        int most = 4;
        Authority authority = new Authority();
        AtomicInteger tooMany = new AtomicInteger();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, most)) {
            far.serve(socket -> {
                H2Link link = new H2Link(socket, 100);
                link.ok(link.request(), "ok");
                while (true) {
                    List<Integer> streams = new ArrayList<>();
                    streams.add(link.request());
                    while (anotherComesTo(link)) {
                        streams.add(link.request());
                    }
                    if (streams.size() > most) {
                        tooMany.incrementAndGet();
                    }
                    for (int stream : streams) {
                        link.ok(stream, "ok");
                    }
                }
            });
            assertThat(Reading.text(Waits.get(transport.send(Requests.post(far.origin())), "the first answer")))
                    .isEqualTo("ok");
            List<CompletableFuture<UpstreamResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 3 * most; i++) {
                calls.add(transport.send(Requests.post(far.origin())));
            }
            for (CompletableFuture<UpstreamResponse> call : calls) {
                assertThat(Reading.text(Waits.get(call, "one of the answers"))).isEqualTo("ok");
            }
            assertThat(tooMany).hasValue(0);
        }
    }

    /** Whether another request comes within a while. */
    private static boolean anotherComesTo(H2Link link) throws Exception {
        link.link.socket.setSoTimeout(200);
        try {
            return link.requestComes();
        } catch (SocketTimeoutException nothingCame) {
            return false;
        } finally {
            link.link.socket.setSoTimeout(Waits.SECONDS * 1000);
        }
    }

    @Test
    default void aCallThatWaitsForAStreamMayBeCancelled() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 1)) {
            CompletableFuture<Void> release = new CompletableFuture<>();
            AtomicInteger requests = new AtomicInteger();
            far.serve(socket -> {
                H2Link link = new H2Link(socket, 100);
                while (true) {
                    int stream = link.request();
                    if (requests.incrementAndGet() == 1) {
                        Waits.get(release, "the end of the first call");
                    }
                    link.ok(stream, "ok");
                }
            });
            CompletableFuture<UpstreamResponse> first = transport.send(Requests.post(far.origin()));
            Waits.until(() -> requests.get() == 1, "the first request");
            CompletableFuture<UpstreamResponse> waiting = transport.send(Requests.post(far.origin()));
            assertThat(waiting.cancel(false)).isTrue();
            release.complete(null);
            assertThat(Reading.text(Waits.get(first, "the answer"))).isEqualTo("ok");
            for (int i = 0; i < 3; i++) {
                CompletableFuture<UpstreamResponse> next = transport.send(Requests.post(far.origin()));
                assertThat(Reading.text(Waits.get(next, "the next answer"))).isEqualTo("ok");
            }
        }
    }

    @Test
    default void aCallBeyondWhatTheOtherSideAllowsIsAnsweredOrFailsUnsent() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 8)) {
            far.serve(socket -> {
                H2Link link = new H2Link(socket, 2);
                List<Integer> held = new ArrayList<>();
                while (true) {
                    held.add(link.request());
                    assertThat(held).hasSizeLessThanOrEqualTo(2);
                    while (held.size() > 0 && !anotherComesTo(link)) {
                        link.ok(held.remove(0), "ok");
                    }
                }
            });
            Reading.text(Waits.get(transport.send(Requests.post(far.origin())), "the first answer"));
            List<CompletableFuture<UpstreamResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(transport.send(Requests.post(far.origin())));
            }
            int answered = 0;
            for (CompletableFuture<UpstreamResponse> call : calls) {
                try {
                    answered += Reading.text(Waits.get(call, "an answer or a failure"))
                                    .length()
                            / 2;
                } catch (ExecutionException e) {
                    assertThat(Requests.transportException(e).phase()).isEqualTo(Phase.CONNECT);
                }
            }
            assertThat(answered).isPositive();
        }
    }
}
