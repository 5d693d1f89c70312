package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A request body goes up over HTTP/2 as far as the other side has given room for it (RFC 9113, 5.2), and no further. */
interface Http2UploadRules extends Http2Host {

    private static UpstreamRequest post(FarEnd far, UpstreamBody body) {
        return Requests.of("POST", far.origin(), "/", body);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static UpstreamBody gathered(byte[] bytes) {
        return new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(bytes)), bytes.length);
    }

    /** Takes a body in small steps; each comes wholly, and nothing beyond it. */
    private static byte[] takeInSteps(H2Link link, int stream, int length) throws Exception {
        int room = H2Link.FIRST_ROOM;
        int step = 20_011;
        while (room < length) {
            link.awaitBody(stream, room);
            assertThat(link.body(stream)).as("bytes up to a closed window").hasSize(room);
            link.giveRoom(stream, step).giveRoom(0, step);
            room += step;
        }
        assertThat(link.request()).isEqualTo(stream);
        // The connection's window is as it was again.
        link.giveRoom(0, H2Link.FIRST_ROOM - (room - length));
        return link.body(stream);
    }

    /** With both windows as they are at first. */
    private static H2Link warm(FarEnd far, Transport transport) throws Exception {
        H2Link link = Http2Host.warm(far, transport);
        return link.giveRoom(0, "{}".length());
    }

    @Test
    default void aGatheredBodyLargerThanTheWindowGoesUpWholeAsRoomIsGiven() throws Exception {
        Authority authority = new Authority();
        byte[] bytes = random(1_000_003);
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            H2Link link = warm(far, transport);
            CompletableFuture<UpstreamResponse> call = transport.send(post(far, gathered(bytes)));
            int stream = link.begun();
            assertThat(Arrays.equals(takeInSteps(link, stream, bytes.length), bytes))
                    .as("all bytes, in order")
                    .isTrue();
            link.ok(stream, "ok");
            assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("ok");
        }
    }

    @Test
    default void aStreamedBodyIsReadNoFasterThanTheWindowOpensAndGoesUpWhole() throws Exception {
        Authority authority = new Authority();
        int block = 16 * 1024;
        byte[] bytes = random(128 * block); // 2 MB, far more than a window
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            H2Link link = warm(far, transport);
            for (long length : new long[] {-1, bytes.length}) {
                Upload upload = new Upload();
                CompletableFuture<UpstreamResponse> call = transport.send(post(far, upload.ofLength(length)));
                int read = 0;
                while (read < bytes.length && upload.offer(Arrays.copyOfRange(bytes, read, read + block), 300)) {
                    read += block;
                }
                assertThat(read).as("bytes read while the window is closed").isLessThan(bytes.length / 2);
                int from = read;
                CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> sendFrom(upload, bytes, from, block));
                int stream = link.begun();
                assertThat(Arrays.equals(takeInSteps(link, stream, bytes.length), bytes))
                        .as("all bytes, in order")
                        .isTrue();
                Waits.get(rest, "the end of the body");
                link.ok(stream, "ok");
                assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("ok");
            }
        }
    }

    private static void sendFrom(Upload upload, byte[] bytes, int from, int block) {
        try {
            for (int at = from; at < bytes.length; at += block) {
                assertThat(upload.offer(Arrays.copyOfRange(bytes, at, at + block), Waits.SECONDS * 1000L))
                        .as("demand after " + at + " bytes")
                        .isTrue();
            }
            upload.complete();
        } catch (Exception e) {
            throw new AssertionError("the body was not taken", e);
        }
    }

    @Test
    default void anUploadThatWaitsForRoomHoldsUpNoOtherAndIsResetWhenItIsGivenUp() throws Exception {
        Authority authority = new Authority();
        try (FarEnd far = Http2Host.open(authority);
                Transport transport = start(authority, 4)) {
            H2Link link = warm(far, transport);
            link.giveRoom(0, H2Link.FIRST_ROOM);
            Upload upload = new Upload();
            CompletableFuture<UpstreamResponse> waiting = transport.send(post(far, upload.ofUnknownLength()));
            int blocks = 0;
            while (blocks < 128 && upload.offer(new byte[16 * 1024], 300)) {
                blocks++;
            }
            assertThat(blocks).as("blocks read while the window is closed").isLessThan(128);
            int stream = link.begun();
            link.awaitBody(stream, H2Link.FIRST_ROOM);
            CompletableFuture<UpstreamResponse> other = transport.send(post(far, gathered(random(1000))));
            int otherStream = link.request();
            assertThat(link.body(otherStream)).isEqualTo(random(1000));
            link.ok(otherStream, "ok");
            assertThat(Reading.text(Waits.get(other, "the other answer"))).isEqualTo("ok");
            assertThat(waiting.cancel(true)).isTrue();
            link.awaitReset(stream);
            Waits.get(upload.cancelled, "the end of the upload");
            assertThat(link.body(stream)).hasSize(H2Link.FIRST_ROOM);
        }
    }
}
