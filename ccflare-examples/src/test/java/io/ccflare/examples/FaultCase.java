package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.fake.FakeAccount;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.fake.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One fault met by one request, over a real adapter, with or without a second account that is healthy. */
record FaultCase(Fault fault, boolean stream, boolean withGoodAccount) {

    /**
     * What came of it.
     *
     * @param caller what the caller saw
     * @param calls on the bad account, and on the good one where there is one
     * @param outcome of the record
     */
    record Seen(String caller, String calls, String outcome) {

        String cells() {
            return caller + " | " + calls + " | " + outcome;
        }
    }

    private static final Pattern ERROR_TYPE =
            Pattern.compile("\"error\":\\{\"type\":\"([a-z_]+)\"|\"type\":\"([a-z_]+_error)\"");
    private static final GatewaySettings IMPATIENT = GatewaySettings.builder()
            .timeouts(Timeouts.builder()
                    .deadline(Duration.ofSeconds(2))
                    .streamHeaders(Duration.ofMillis(800))
                    .idle(Duration.ofMillis(800))
                    .build())
            .build();

    Seen run(FakeUpstream upstream, int port, Consumer<GatewayHandler> mount) throws Exception {
        String id = fault + (stream ? "-stream" : "") + (withGoodAccount ? "-pair" : "");
        FakeAccount bad = upstream.account("bad-" + id).fault(fault);
        FakeAccount good = upstream.account("good-" + id);
        BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();
        List<Account> accounts = new ArrayList<>();
        accounts.add(Account.builder("bad", "bad", Credential.apiKey("bad-" + id))
                .endpoint(upstream.uriFor(fault))
                .build());
        if (withGoodAccount) {
            accounts.add(Account.builder("good", "good", Credential.apiKey("good-" + id))
                    .endpoint(upstream.uri())
                    .build());
        }
        try (Gateway gateway = Gateway.builder(() -> accounts)
                .settings(IMPATIENT)
                .listener(new GatewayListener() {
                    @Override
                    public void requestEnded(RequestRecord record) {
                        records.add(record);
                    }
                })
                .build()) {
            mount.accept(gateway);
            RawHttp.Response response = RawHttp.exchange(port, RawHttp.message(stream));
            RequestRecord record = records.poll(20, TimeUnit.SECONDS);
            assertThat(record).as("the record of %s", this).isNotNull();
            bad.release();
            check(response, bad, good, record);
            String calls = bad.count() + (withGoodAccount ? " + " + good.count() : "");
            return new Seen(describe(response), calls, String.valueOf(record.outcome()));
        } finally {
            assertThat(records).as("records of %s", this).isEmpty();
        }
    }

    /** What holds whatever the fault is. */
    private void check(RawHttp.Response response, FakeAccount bad, FakeAccount good, RequestRecord record) {
        assertThat(response.end()).as("%s", this).isNotEqualTo(RawHttp.End.HANGING);
        assertThat(response.headers() + response.text())
                .as("%s", this)
                .doesNotContain("bad-" + fault, "good-" + fault, "\tat ", "Exception");
        assertThat(record.status()).as("%s", this).isEqualTo(response.status());
        String server = response.headers().get("ccflare-account");
        if (response.end() == RawHttp.End.WHOLE && response.status() == 200) {
            FakeAccount served = "good".equals(server) ? good : bad;
            byte[] sent = served.requests().get(served.requests().size() - 1).sentBody();
            boolean declaredLess = fault == Fault.LENGTH_TOO_SHORT && served == bad;
            assertThat(Arrays.equals(
                            declaredLess ? Arrays.copyOf(sent, response.body().length) : sent, response.body()))
                    .as("%s: byte for byte what was sent, as far as its length said", this)
                    .isTrue();
        }
        if (record.accountId() == null) {
            return;
        }
        assertThat(record.responseBytes()).as("%s", this).isEqualTo(response.body().length);
    }

    private static String describe(RawHttp.Response response) {
        if (response.status() == 0) {
            return "connection closed, no answer";
        }
        StringBuilder text = new StringBuilder().append(response.status());
        String server = response.headers().get("ccflare-account");
        if (server != null && response.status() == 200) {
            text.append(" of ").append(server);
        }
        if (!"gzip".equals(response.headers().get("content-encoding"))) {
            Matcher error = ERROR_TYPE.matcher(response.text());
            boolean inStream = response.text().startsWith("event:");
            if (error.find()) {
                text.append(inStream ? ", error event " : " ")
                        .append(error.group(1) == null ? error.group(2) : error.group(1));
            }
        }
        if (response.headers().containsKey("retry-after")) {
            text.append(", Retry-After");
        }
        return text + (response.end() == RawHttp.End.CUT ? ", cut" : "");
    }
}
