package io.ccflare.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.transport.Transport;
import io.ccflare.api.transport.TransportException.Phase;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamResponse;
import io.ccflare.testkit.Waits;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The body of a request goes up as it was given, and no faster than it is taken. */
interface UploadRules extends TransportHost {

    private static CompletableFuture<UpstreamResponse> post(Transport transport, FarEnd far, UpstreamBody body) {
        return transport.send(Requests.of("POST", far.origin(), "/", body));
    }

    private static void answered(Link link, CompletableFuture<UpstreamResponse> call) throws Exception {
        link.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        assertThat(Reading.text(Waits.get(call, "the answer"))).isEqualTo("ok");
    }

    @Test
    default void noBodyIsNoContentAndAnEmptyOneHasALength() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            CompletableFuture<UpstreamResponse> none = post(transport, far, new UpstreamBody.None());
            try (Link link = far.accept()) {
                Received received = link.request();
                assertThat(received.all("transfer-encoding")).isEmpty();
                assertThat(received.all("content-length")).isSubsetOf("0");
                answered(link, none);
            }
            CompletableFuture<UpstreamResponse> empty = post(transport, far, Requests.gathered(""));
            try (Link link = far.accept()) {
                assertThat(link.request().all("content-length")).containsExactly("0");
                answered(link, empty);
            }
        }
    }

    @Test
    default void aGatheredBodyGoesUpWholeAndMayBeSentAgain() throws Exception {
        byte[] bytes = new byte[3_000_017];
        new Random(7).nextBytes(bytes);
        byte[] before = bytes.clone();
        ByteBuffer head = ByteBuffer.wrap(bytes, 0, 10).slice().asReadOnlyBuffer();
        ByteBuffer tail = ByteBuffer.wrap(bytes, 10, bytes.length - 10);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();
        UpstreamBody body =
                new UpstreamBody.Gathered(List.of(head, ByteBuffer.allocate(0), tail, direct), bytes.length + 3L);
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (int i = 0; i < 2; i++) {
                CompletableFuture<UpstreamResponse> call = post(transport, far, body);
                Link link = far.accept();
                Received received = link.request();
                assertThat(received.all("content-length")).containsExactly("" + (bytes.length + 3));
                assertThat(received.all("transfer-encoding")).isEmpty();
                assertThat(java.util.Arrays.equals(received.body(), 0, bytes.length, before, 0, bytes.length))
                        .isTrue();
                assertThat(received.body()).endsWith(1, 2, 3);
                answered(link, call);
            }
            assertThat(bytes).isEqualTo(before);
            assertThat(List.of(head.remaining(), tail.remaining(), direct.remaining()))
                    .containsExactly(10, bytes.length - 10, 3);
        }
    }

    /** Or every open stream would keep the prompt that began it. */
    @Test
    default void aBodyThatHasGoneUpIsLetGoOfWhileTheAnswerIsStillOpen() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (int size : new int[] {1000, 300_000}) {
                ByteBuffer buffer = ByteBuffer.allocate(size);
                WeakReference<ByteBuffer> body = new WeakReference<>(buffer);
                CompletableFuture<UpstreamResponse> call =
                        post(transport, far, new UpstreamBody.Gathered(List.of(buffer), size));
                buffer = null;
                try (Link link = far.accept()) {
                    link.request();
                    link.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
                    UpstreamResponse answer = Waits.get(call, "the answer");
                    Waits.until(
                            () -> {
                                System.gc();
                                return body.get() == null;
                            },
                            "the garbage collector takes the body of " + size + " bytes");
                    answer.close();
                }
            }
        }
    }

    @Test
    default void anyMethodMayHaveABody() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (String method : List.of("GET", "DELETE", "PUT", "PURGE")) {
                CompletableFuture<UpstreamResponse> call =
                        transport.send(Requests.of(method, far.origin(), "/", Requests.gathered("xyz")));
                try (Link link = far.accept()) {
                    assertThat(link.request().text()).isEqualTo("xyz");
                    answered(link, call);
                }
            }
        }
    }

    @Test
    default void aStreamedBodyOfKnownLengthIsFramedByIt() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Upload upload = new Upload();
            CompletableFuture<UpstreamResponse> call = post(transport, far, upload.ofLength(6));
            Link link = far.accept();
            upload.send("ab", "", "c");
            Received head = link.head();
            assertThat(head.all("content-length")).containsExactly("6");
            assertThat(head.all("transfer-encoding")).isEmpty();
            upload.send("").send("def").complete();
            assertThat(link.exactly(6)).asString().isEqualTo("abcdef");
            answered(link, call);
            assertThat(upload.subscribed).hasValue(1);
        }
    }

    @Test
    default void aStreamedBodyOfUnknownLengthIsChunkedAndEachBatchGoesUpAtOnce() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Upload upload = new Upload();
            CompletableFuture<UpstreamResponse> call = post(transport, far, upload.ofUnknownLength());
            Link link = far.accept();
            upload.send("one");
            Received head = link.head();
            assertThat(head.all("transfer-encoding")).containsExactly("chunked");
            assertThat(head.all("content-length")).isEmpty();
            assertThat(link.chunk()).asString().isEqualTo("one");
            upload.send("");
            upload.send("two");
            assertThat(link.chunk()).asString().isEqualTo("two");
            upload.complete();
            assertThat(link.chunk()).isEmpty();
            answered(link, call);
        }
    }

    @Test
    default void aStreamedBodyMayBeEmpty() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (int i = 0; i < 40; i++) {
                Upload upload = new Upload();
                CompletableFuture<UpstreamResponse> call = post(transport, far, upload.ofLength(i % 2 == 0 ? -1 : 0));
                try (Link link = far.accept()) {
                    if (i % 2 == 0) {
                        upload.complete();
                    }
                    assertThat(link.request().body()).isEmpty();
                    answered(link, call);
                }
            }
        }
    }

    @Test
    default void aStreamedBodyIsReadNoFasterThanItIsTaken() throws Exception {
        byte[] block = new byte[64 * 1024];
        int most = 64 * 16; // 64 MB, far more than the buffers of two sockets
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Upload upload = new Upload();
            CompletableFuture<UpstreamResponse> call = post(transport, far, upload.ofUnknownLength());
            Link link = far.accept();
            int blocks = 0;
            while (blocks < most && upload.offer(block, 300)) {
                blocks++;
            }
            assertThat(blocks).as("blocks read while nobody takes them").isLessThan(most);
            CompletableFuture<Received> received = new CompletableFuture<>();
            Thread taker = new Thread(() -> {
                try {
                    received.complete(link.request());
                } catch (IOException e) {
                    received.completeExceptionally(e);
                }
            });
            taker.start();
            upload.send("end").complete();
            assertThat(Waits.get(received, "the rest of the body").body()).hasSize(blocks * block.length + 3);
            answered(link, call);
        }
    }

    @Test
    default void aSourceThatFailsEndsTheCallAndTheConnectionIsCutVisibly() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (long length : new long[] {-1, 10}) {
                Upload upload = new Upload();
                CompletableFuture<UpstreamResponse> call = post(transport, far, upload.ofLength(length));
                Link link = far.accept();
                upload.send("abc");
                link.head();
                upload.fail(new IOException("the caller went away"));
                assertThat(link.untilEnd()).doesNotContain("\r\n0\r\n");
                assertThat(Requests.failure(call, Phase.EXCHANGE)).hasMessageContaining("the caller went away");
            }
        }
    }

    @Test
    default void aSourceThatFailsBeforeItIsAskedEndsTheCall() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Upload upload = new Upload();
            CompletableFuture<UpstreamResponse> call = post(transport, far, upload.ofUnknownLength());
            upload.fail(new IOException("the caller went away"));
            assertThat(far.accept().untilEnd()).doesNotContain("\r\n0\r\n");
            assertThatThrownBy(() -> Waits.get(call, "the failure")).hasMessageContaining("the caller went away");
        }
    }

    @Test
    default void aSourceOfAnotherLengthThanItSaidEndsTheCall() throws Exception {
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            for (String text : List.of("abc", "abcdefghijklmno")) {
                Upload upload = new Upload();
                CompletableFuture<UpstreamResponse> call = post(transport, far, upload.ofLength(10));
                Link link = far.accept();
                upload.send(text);
                link.head();
                upload.complete();
                assertThat(link.untilEnd().replace("<reset>", "")).hasSizeLessThanOrEqualTo(10);
                Requests.failure(call, Phase.EXCHANGE);
            }
        }
    }

    @Test
    default void anAnswerThatComesEarlyIsSeenAndEndsTheUpload() throws Exception {
        assumeTrue(seesEarlyAnswers(), "this transport sees an answer only when the upload is over");
        try (FarEnd far = FarEnd.open();
                Transport transport = start()) {
            Upload upload = new Upload();
            CompletableFuture<UpstreamResponse> call = post(transport, far, upload.ofUnknownLength());
            Link link = far.accept();
            upload.send("abc");
            link.head();
            link.write("HTTP/1.1 413 Too Big\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
            try (UpstreamResponse response = Waits.get(call, "the early answer")) {
                assertThat(response.status()).isEqualTo(413);
                assertThat(Reading.text(response)).isEqualTo("big");
            }
            Waits.get(upload.cancelled, "the end of the upload");
        }
    }
}
