package io.ccflare.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.fake.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Callers that hang up on the last byte, before the end that follows it. */
class LastByteTest {

    /** Takes what comes until it has seen enough, then hangs up without waiting for the end. */
    private static final class Leaver implements Flow.Subscriber<List<ByteBuffer>> {

        final CompletableFuture<String> left = new CompletableFuture<>();
        private final Predicate<String> enough;
        private final StringBuilder text = new StringBuilder();
        private Flow.@Nullable Subscription subscription;

        Leaver(Predicate<String> enough) {
            this.enough = enough;
        }

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            s.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
            batch.forEach(buffer -> text.append(StandardCharsets.ISO_8859_1.decode(buffer)));
            Flow.Subscription s = subscription;
            if (s != null && enough.test(text.toString())) {
                s.cancel();
                left.complete(text.toString());
            } else if (s != null) {
                s.request(1);
            }
        }

        @Override
        public void onError(Throwable t) {
            left.completeExceptionally(t);
        }

        @Override
        public void onComplete() {
            left.completeExceptionally(new AssertionError("the end came first"));
        }
    }

    private static RequestRecord leave(Rig rig, String body, Predicate<String> enough) throws Exception {
        GatewayResponse response = rig.handle("POST", "/v1/messages", body).get(20, TimeUnit.SECONDS);
        Leaver leaver = new Leaver(enough);
        response.body().subscribe(leaver);
        leaver.left.get(20, TimeUnit.SECONDS);
        return rig.record();
    }

    @Test
    void who_has_every_byte_of_a_document_was_served() throws Exception {
        try (Rig rig = new Rig(1)) {
            RequestRecord record = leave(rig, Rig.SHORT, text -> text.endsWith("}}"));
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.usage()).isNotNull();
            assertThat(record.partial()).isFalse();
        }
    }

    @Test
    void who_has_the_last_event_of_a_stream_was_served() throws Exception {
        try (Rig rig = new Rig(1)) {
            RequestRecord record = leave(rig, Rig.STREAM, text -> text.endsWith("{\"type\":\"message_stop\"}\n\n"));
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.partial()).isFalse();
            assertThat(record.stopReason()).isEqualTo("end_turn");
        }
    }

    @Test
    void who_leaves_earlier_has_cancelled() throws Exception {
        try (Rig rig = new Rig(1)) {
            rig.fake("a").fault(Fault.STALL);
            RequestRecord record = leave(rig, Rig.STREAM, text -> text.contains("message_start"));
            assertThat(record.outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(record.partial()).isTrue();
        }
    }

    @Test
    void a_stream_never_carries_a_length_that_would_hide_a_cut() throws Exception {
        try (Rig rig = new Rig(1)) {
            rig.fake("a").fault(Fault.LENGTH_TOO_SHORT);
            Reply reply = rig.post(Rig.STREAM);
            assertThat(reply.headers().first("content-length")).isNull();
            assertThat(reply.broken()).isNotNull();
            assertThat(rig.record().outcome()).isEqualTo(Outcome.CUT);
        }
    }
}
