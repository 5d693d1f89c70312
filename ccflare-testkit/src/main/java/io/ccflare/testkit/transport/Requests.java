package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.testkit.Waits;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Requests, and how they fail. */
final class Requests {

    private static final String SECRET = "not-to-be-told";

    private Requests() {}

    static UpstreamRequest get(URI origin) {
        return get(origin, "/v1/models");
    }

    static UpstreamRequest get(URI origin, String target) {
        return of("GET", origin, target, new UpstreamBody.None());
    }

    static UpstreamRequest post(URI origin) {
        return post(origin, "/v1/messages", "{}");
    }

    static UpstreamRequest post(URI origin, String target, String body) {
        return of("POST", origin, target, gathered(body));
    }

    static UpstreamRequest of(String method, URI origin, String target, UpstreamBody body) {
        return new UpstreamRequest(method, origin, target, Headers.of("x-api-key", SECRET), body);
    }

    static UpstreamBody gathered(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(bytes)), bytes.length);
    }

    /** Waits for a call or a body to fail below HTTP, and checks what is told of it. */
    static TransportException failure(Future<?> future, Phase phase) throws Exception {
        try {
            Waits.get(future, "a failure of phase " + phase);
        } catch (ExecutionException e) {
            TransportException error = transportException(e);
            assertThat(error.phase()).as(error.toString()).isEqualTo(phase);
            for (Throwable t = error; t != null; t = t.getCause()) {
                assertThat(String.valueOf(t.getMessage())).doesNotContain(SECRET);
            }
            return error;
        }
        throw new AssertionError("it was to fail in the phase " + phase + " and did not");
    }

    static TransportException transportException(ExecutionException thrown) {
        if (thrown.getCause() instanceof TransportException error) {
            return error;
        }
        throw new AssertionError("a failure that is not told as a TransportException", thrown);
    }
}
