package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewayBuilder;
import io.ccflare.fake.FakeAccount;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.fake.Fault;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A gateway over accounts a, b, c ... of a fake upstream, and the records that come. */
class Pool implements AutoCloseable {

    final FakeUpstream upstream = FakeUpstream.start();
    final BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();
    final Gateway gateway;

    Pool(int accounts) {
        this(accounts, Fault.NONE, builder -> builder);
    }

    /** The first account meets the fault with every request. */
    Pool(int accounts, Fault ofTheFirst, UnaryOperator<GatewayBuilder> configured) {
        List<Account> all = new ArrayList<>();
        for (int i = 0; i < accounts; i++) {
            String name = String.valueOf((char) ('a' + i));
            URI endpoint = i == 0 ? upstream.uriFor(ofTheFirst) : upstream.uri();
            fake(name);
            all.add(Account.builder("id-" + name, name, Credential.apiKey("key-" + name))
                    .endpoint(endpoint)
                    .build());
        }
        fake("a").fault(ofTheFirst);
        gateway = configured
                .apply(Gateway.builder(() -> all).listener(new GatewayListener() {
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

    RequestRecord record() throws InterruptedException {
        RequestRecord record = records.poll(20, TimeUnit.SECONDS);
        if (record == null) {
            throw new AssertionError("no record came");
        }
        return record;
    }

    @Override
    public void close() {
        gateway.close();
        upstream.close();
    }
}
