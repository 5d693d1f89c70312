package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.fake.Fault;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Three accounts with an imitation of the API in this process, for those who have no key at hand. The first account is rate-limited. */
final class Demo implements AutoCloseable {

    private static final List<String> NAMES = List.of("demo-limited", "demo-two", "demo-three");

    /** A stream that one can watch. */
    private static final Duration EVENT_INTERVAL = Duration.ofMillis(40);

    private final FakeUpstream upstream;
    private final List<Account> accounts;

    private Demo(FakeUpstream upstream) {
        this.upstream = upstream;
        this.accounts = NAMES.stream()
                .map(name -> Account.builder(name, name, Credential.apiKey("key-of-" + name))
                        .endpoint(upstream.uri())
                        .build())
                .toList();
        NAMES.forEach(name -> upstream.account("key-of-" + name));
        upstream.account("key-of-" + NAMES.get(0)).fault(Fault.RATE_LIMITED);
    }

    static Demo start() {
        return new Demo(FakeUpstream.builder()
                .eventInterval(EVENT_INTERVAL)
                .record(0, 0)
                .start());
    }

    URI uri() {
        return upstream.uri();
    }

    List<Account> accounts() {
        return accounts;
    }

    @Override
    public void close() {
        upstream.close();
    }
}
