package io.ccflare.core.engine;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewayBuilder;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.fake.FakeAccount;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.testkit.TestTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A gateway over a fake upstream with a few accounts, and the records it makes. */
final class Rig implements AutoCloseable {

    static final String SHORT = """
            {"model":"claude-opus-4-8","max_tokens":64,"messages":[{"role":"user","content":"hello"}]}""";
    static final String STREAM = """
            {"model":"claude-opus-4-8","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    final FakeUpstream upstream = FakeUpstream.start();
    final List<Account> accounts = new ArrayList<>();
    final BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();
    final Gateway gateway;

    /** Accounts are named a, b, c ... with keys key-a, key-b, key-c ... */
    Rig(int accountCount) {
        this(accountCount, builder -> builder);
    }

    Rig(int accountCount, UnaryOperator<GatewayBuilder> configured) {
        this(accountCount, account -> account, configured);
    }

    Rig(int accountCount, UnaryOperator<Account.Builder> shaped, UnaryOperator<GatewayBuilder> configured) {
        for (int i = 0; i < accountCount; i++) {
            String name = String.valueOf((char) ('a' + i));
            fake(name);
            accounts.add(shaped.apply(Account.builder("id-" + name, name, Credential.apiKey("key-" + name))
                            .endpoint(upstream.uri()))
                    .build());
        }
        gateway = configured
                .apply(Gateway.builder(() -> accounts).listener(new GatewayListener() {
                    @Override
                    public void requestEnded(RequestRecord record) {
                        records.add(record);
                    }
                }))
                .build();
    }

    FakeAccount fake(String name) {
        return upstream.account("key-" + name);
    }

    CompletableFuture<GatewayResponse> handle(String method, String target, String body, String... headers) {
        return gateway.handle(request(method, target, body, headers));
    }

    static GatewayRequest request(String method, String target, String body, String... headers) {
        Headers.Builder fields = Headers.of(headers).toBuilder();
        if (!body.isEmpty()) {
            fields.add("content-type", "application/json");
        }
        return GatewayRequest.builder(method, target)
                .headers(fields.build())
                .body(FixedBody.of(body.getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    Reply post(String body, String... headers) throws Exception {
        return Reply.of(handle("POST", "/v1/messages", body, headers).get(20, TimeUnit.SECONDS));
    }

    Reply send(String method, String target, String body, String... headers) throws Exception {
        return Reply.of(handle(method, target, body, headers).get(20, TimeUnit.SECONDS));
    }

    /** Waits until a condition holds that nothing signals, without letting time pass on a clock of the test's. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("in vain: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Lets time pass in steps of a second, as the watch over open streams needs, until a condition holds. */
    static void advanceUntil(TestTime time, Duration atMost, String what, BooleanSupplier condition) {
        for (long second = 0; second < atMost.toSeconds() && !condition.getAsBoolean(); second++) {
            int swept = time.pendingTimers();
            time.advance(Duration.ofSeconds(1));
            await("the watch is set again", () -> time.pendingTimers() >= swept || condition.getAsBoolean());
        }
        await(what, condition);
    }

    /** Waits until nothing is held for any request any more. */
    void awaitQuiet() {
        await(
                "no slot, no call and no byte is held",
                () -> gateway.status().inFlight() == 0
                        && gateway.status().gatheredBytes() == 0
                        && gateway.status().accounts().stream().allMatch(account -> account.inFlight() == 0));
    }

    RequestRecord record() throws InterruptedException {
        RequestRecord record = records.poll(10, TimeUnit.SECONDS);
        if (record == null) {
            throw new AssertionError("no record came");
        }
        return record;
    }

    /** Waits for no request: what a test left open, it left on purpose or failed. */
    @Override
    public void close() {
        GatewaySettings settings = gateway.settings();
        Timeouts hasty = settings.timeouts().toBuilder().drain(Duration.ZERO).build();
        gateway.configure(settings.toBuilder().timeouts(hasty).build());
        gateway.close();
        upstream.close();
    }
}
