package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What breaks off is told as such, with the phase it broke in, and never looks complete. */
interface BrokenRules extends TransportHost {

    private static void assertTells(TransportException error, FarEnd far) {
        assertThat(error).hasMessageContaining("127.0.0.1:" + far.port());
    }

    @Test
    default void aBodyThatEndsBeforeItsFramingSaysSoIsBroken() throws Exception {
        for (String rest : List.of(
                "Content-Length: 10\r\n\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nabc")) {
            try (FarEnd far = FarEnd.open();
                    Transport transport = start()) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                try (Link link = far.accept()) {
                    link.request();
                    link.write("HTTP/1.1 200 OK\r\n" + rest);
                    Reading reading = Reading.all(Waits.get(call, "the answer"));
                    assertThat(reading.next(3)).isEqualTo("abc");
                    link.close();
                    assertTells(reading.breaksOff(), far);
                }
            }
        }
    }

    @Test
    default void aResetInTheBodyIsToldAfterTheBytesBeforeIt() throws Exception {
        for (String framing : List.of("Content-Length: 10", "Transfer-Encoding: chunked", "Connection: close")) {
            try (FarEnd far = FarEnd.open();
                    Transport transport = start()) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                Link link = far.accept();
                link.request();
                link.write("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n")
                        .write(framing.contains("chunked") ? "3\r\nabc\r\n" : "abc");
                Reading reading = Reading.all(Waits.get(call, "the answer"));
                assertThat(reading.next(3)).isEqualTo("abc");
                link.reset();
                assertTells(reading.breaksOff(), far);
            }
        }
    }

    @Test
    default void aResetIsToldToAReaderThatComesLater() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
            Link link = far.accept();
            link.request();
            link.write(Link.CHUNKED);
            UpstreamResponse response = Waits.get(call, "the answer");
            link.reset();
            assertTells(Reading.all(response).breaksOff(), far);
        }
    }

    @Test
    default void aChunkSizeThatIsNoneIsBroken() throws Exception {
        for (String garbage : List.of("zz\r\n", "-5\r\nabcde\r\n", "fffffffffffffffff\r\n")) {
            try (FarEnd far = FarEnd.open();
                    Transport transport = start()) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                try (Link link = far.accept()) {
                    link.request();
                    link.write(Link.CHUNKED).chunk("abc");
                    Reading reading = Reading.all(Waits.get(call, "the answer"));
                    assertThat(reading.next()).isEqualTo("abc");
                    link.write(garbage);
                    link.close();
                    assertTells(reading.breaksOff(), far);
                }
            }
        }
    }

    @Test
    default void aConnectionThatEndsBeforeTheStatusFailsTheExchange() throws Exception {
        for (String part : List.of("", "H", "HTTP/1.1 200 OK\r\nX-Api-Key: not-to-be-told")) {
            for (boolean reset : new boolean[] {false, true}) {
                try (FarEnd far = FarEnd.open();
                        Transport transport = start()) {
                    CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                    Link link = far.accept();
                    link.request();
                    link.write(part);
                    if (reset) {
                        link.reset();
                    }
                    link.close();
                    assertTells(Requests.failure(call, Phase.EXCHANGE), far);
                }
            }
        }
    }

    @Test
    default void aConnectionThatEndsInTheUploadFailsTheExchange() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Upload upload = new Upload();
            UpstreamBody body = upload.ofUnknownLength();
            CompletableFuture<UpstreamResponse> call = transport.send(Requests.of("POST", far.origin(), "/", body));
            Link link = far.accept();
            upload.send("abc");
            link.head();
            link.reset();
            byte[] block = new byte[64 * 1024];
            Waits.until(() -> call.isDone() || offered(upload, block), "the failure");
            assertTells(Requests.failure(call, Phase.EXCHANGE), far);
            Waits.get(upload.cancelled, "the end of the upload");
        }
    }

    private static boolean offered(Upload upload, byte[] block) {
        try {
            upload.offer(block, 50);
            return false;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    default void whatIsNotHttpFailsTheExchangeAndIsNotQuoted() throws Exception {
        for (String answer : List.of(
                "SSH-2.0-not-to-be-told\r\n\r\n",
                "HTTP/1.1 abc not-to-be-told\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nna(me: not-to-be-told\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: not-to-be-told\r\nConnection: upgrade\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: " + "not-to-be-told".repeat(40_000) + "\r\n\r\n")) {
            try (FarEnd far = FarEnd.open();
                    Transport transport = start()) {
                CompletableFuture<UpstreamResponse> call = transport.send(Requests.post(far.origin()));
                Link link = far.accept();
                link.request();
                try {
                    link.write(answer);
                } catch (SocketException e) {
                    // The head was too long for it.
                }
                assertTells(Requests.failure(call, Phase.EXCHANGE), far);
            }
        }
    }
}
