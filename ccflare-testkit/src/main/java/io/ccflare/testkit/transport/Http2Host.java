package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.util.concurrent.CompletableFuture;

/** What the rules of HTTP/2 have in common. */
interface Http2Host extends TransportHost {

    static FarEnd open(Authority authority) throws Exception {
        return FarEnd.open(authority.serverContext(), "h2", "http/1.1");
    }

    default Transport start(Authority authority, int streams) throws Exception {
        return start(TransportSetup.standard().trusting(authority.certificate).http2(streams));
    }

    /** A connection with one call done, so that all calls to come find it. */
    static H2Link warm(FarEnd far, Transport transport) throws Exception {
        CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
        H2Link link = new H2Link(far.accept(), 100);
        link.ok(link.request(), "warm");
        assertThat(Reading.text(Waits.get(call, "the first answer"))).isEqualTo("warm");
        return link;
    }

    static UpstreamResponse head(H2Link link, int stream, CompletableFuture<UpstreamResponse> call) throws Exception {
        link.head(stream, "200", 0);
        return Waits.get(call, "the answer");
    }
}
