package io.ccflare.benchmarks.load.host;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.core.Gateway;
import io.ccflare.core.memory.InMemoryAccountStore;
import java.io.IOException;
import java.net.URI;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The process under test: a gateway with three accounts, or a pass-through without one, on a free port of loopback. Prints its address,
 * then answers commands on standard input ({@link Commands}), and ends with its input.
 */
public final class LoadHost {

    private static final int ACCOUNTS = 3;

    private LoadHost() {}

    /**
     * @param args what listens and what sends ({@code vertx+vertx}, {@code vertx+jdk}, {@code javalin+jdk}, {@code javalin+vertx},
     *     {@code servlet+jdk}, {@code bare-vertx}, {@code bare-javalin}); the upstream's address; and {@code count}, or the file of the
     *     SQLite database that records go to
     */
    public static void main(String[] args) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        URI upstream = URI.create(args[1]);
        switch (args[0]) {
            case "bare-vertx" -> serve(new BareVertx(upstream), null, new Ended());
            case "bare-javalin" -> serve(BareJavalin.start(upstream), null, new Ended());
            default -> gateway(args[0], upstream, args[2]);
        }
    }

    private static void gateway(String way, URI upstream, String log) throws IOException {
        try (Ended ended = log.equals("count") ? new Ended() : Ended.kept(log);
                Stack stack = Stack.named(way)) {
            Account[] accounts = IntStream.range(0, ACCOUNTS)
                    .mapToObj(i -> Account.builder("load-" + i, "load-" + i, Credential.apiKey("load-key-" + i))
                            .endpoint(upstream)
                            .build())
                    .toArray(Account[]::new);
            try (Gateway gateway = Gateway.builder(InMemoryAccountStore.of(accounts))
                    .transport(stack.transport())
                    .listener(ended)
                    .build()) {
                serve(stack.front(gateway), gateway, ended);
            }
        }
    }

    private static void serve(Front front, @Nullable Gateway gateway, Ended ended) throws IOException {
        try (front) {
            System.out.println("http://127.0.0.1:" + front.port());
            new Commands(gateway, ended).answer(System.in, System.out);
        }
    }
}
