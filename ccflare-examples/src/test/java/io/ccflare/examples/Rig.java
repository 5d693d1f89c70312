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
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The notes service in front of a gateway over accounts a, b, c ... of a fake upstream, and the records that come. */
final class Rig implements AutoCloseable {

    static final String TOKEN = "annas-token";

    final FakeUpstream upstream = FakeUpstream.start();
    final BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();
    final Gateway gateway;
    final NotesService service;

    Rig(int accounts) {
        this(accounts, builder -> builder);
    }

    Rig(int accounts, UnaryOperator<GatewayBuilder> configured) {
        this(accounts, Fault.NONE, configured);
    }

    /** The first account meets the fault with every request. */
    Rig(int accounts, Fault ofTheFirst, UnaryOperator<GatewayBuilder> configured) {
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
        service = NotesService.start(gateway, Map.of(TOKEN, "anna", "bens-token", "ben"), 0);
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
        service.close();
        gateway.close();
        upstream.close();
    }
}
