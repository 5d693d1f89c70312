package io.ccflare.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.fake.Fault;
import io.ccflare.fake.RecordedCall;
import org.junit.jupiter.api.Test;

class MainJobTest {

    @Test
    void a_message_is_served_by_the_first_account_and_recorded() throws Exception {
        try (Rig rig = new Rig(2)) {
            Reply reply = rig.post(Rig.SHORT);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.broken()).isNull();
            RecordedCall call = rig.fake("a").requests().get(0);
            assertThat(reply.bytes()).isEqualTo(call.sentBody());
            assertThat(call.bodyText()).isEqualTo(Rig.SHORT);
            assertThat(reply.headers().first("ccflare-account")).isEqualTo("a");
            assertThat(reply.headers().first("ccflare-attempts")).isEqualTo("1");
            RequestRecord record = rig.record();
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.status()).isEqualTo(200);
            assertThat(record.accountName()).isEqualTo("a");
            assertThat(record.model()).isEqualTo("claude-opus-4-8");
            assertThat(record.usage()).isNotNull();
            assertThat(record.cost()).isNotNull();
            assertThat(record.partial()).isFalse();
            assertThat(record.responseBytes()).isEqualTo(reply.bytes().length);
            assertThat(record.requestBytes()).isEqualTo(Rig.SHORT.length());
            assertThat(record.attempts()).extracting(AttemptRecord::outcome).containsExactly(Outcome.OK);
        }
    }

    @Test
    void a_stream_passes_byte_for_byte_and_its_usage_is_recorded() throws Exception {
        try (Rig rig = new Rig(1)) {
            Reply reply = rig.post(Rig.STREAM);

            assertThat(reply.broken()).isNull();
            assertThat(reply.bytes()).isEqualTo(rig.fake("a").requests().get(0).sentBody());
            assertThat(reply.text()).endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
            RequestRecord record = rig.record();
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.stream()).isTrue();
            assertThat(record.usage()).isNotNull();
            assertThat(record.partial()).isFalse();
            assertThat(record.stopReason()).isEqualTo("end_turn");
        }
    }

    @Test
    void a_limited_account_is_passed_over_and_not_asked_again() throws Exception {
        try (Rig rig = new Rig(2)) {
            rig.fake("a").fault(Fault.RATE_LIMITED);

            assertThat(rig.post(Rig.SHORT).status()).isEqualTo(200);
            assertThat(rig.post(Rig.SHORT).status()).isEqualTo(200);

            assertThat(rig.fake("a").count()).isEqualTo(1);
            assertThat(rig.fake("b").count()).isEqualTo(2);
            assertThat(rig.record().attempts())
                    .extracting(AttemptRecord::outcome)
                    .containsExactly(Outcome.RATE_LIMITED, Outcome.OK);
        }
    }

    @Test
    void an_answer_of_the_gateways_own_is_recorded_with_its_bytes() throws Exception {
        try (Rig rig = new Rig(1)) {
            Reply reply = rig.send("GET", "/v1/nothing-here", "");

            assertThat(reply.status()).isEqualTo(404);
            assertThat(rig.record().responseBytes()).isEqualTo(reply.bytes().length);
        }
    }
}
