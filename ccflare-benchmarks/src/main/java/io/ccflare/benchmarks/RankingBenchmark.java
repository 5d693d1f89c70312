package io.ccflare.benchmarks;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import io.ccflare.api.provider.Route;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.UsageWindow;
import io.ccflare.api.time.TimeSource;
import io.ccflare.core.pool.AccountPool;
import io.ccflare.core.pool.Bindings;
import io.ccflare.core.pool.Choice;
import io.ccflare.core.pool.SessionBalancer;
import io.ccflare.core.pool.Slot;
import io.ccflare.core.routing.LeastLoadedStrategy;
import io.ccflare.core.routing.SessionStrategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The choice among 100 accounts: the first with a slot on it, as every request makes it, and the whole ranking with reasons. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RankingBenchmark {

    private static final int ACCOUNTS = 100;
    private static final RoutingRequest REQUEST =
            new RoutingRequest("anthropic", "messages", "claude-sonnet-4-5", "sonnet", null, null);
    private static final Route ROUTE = Route.builder("messages", "/v1/messages")
            .affinity(Route.Affinity.CONVERSATION)
            .build();

    @Param({"session", "least-loaded"})
    public String strategy;

    /** How many of the accounts rest. */
    @Param({"0", "30"})
    public int cooling;

    private final TimeSource time = new WallTime();
    private final AccountPool pool = new AccountPool(time, change -> {}, (account, cooldown) -> {});
    private final SessionBalancer balancer = new SessionBalancer(pool, new Bindings(1000, Duration.ofHours(1)), time);
    private RoutingStrategy used = new SessionStrategy();

    @Setup
    public void fill() {
        used = strategy.equals("session") ? new SessionStrategy() : new LeastLoadedStrategy();
        List<Account> accounts = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts.add(Account.builder("id-" + i, "account " + i, new Credential.ApiKey(Secret.of("key-" + i)))
                    .build());
        }
        pool.replace(accounts, 50);
        List<Slot> slots = new ArrayList<>();
        Set<String> tried = Set.of();
        for (int i = 0; i < ACCOUNTS; i++) {
            Choice.Taken taken = (Choice.Taken) balancer.choose(REQUEST, ROUTE, new LeastLoadedStrategy(), tried);
            slots.add(taken.slot());
        }
        Instant now = time.now();
        for (int i = 0; i < ACCOUNTS; i++) {
            Slot slot = slots.get(i);
            pool.learn(slot, List.of(window("5h", i), window("7d", ACCOUNTS - i)), null);
            if (i % 3 == 0) {
                pool.served(slot, "sonnet", SessionStrategy.DEFAULT_DURATION);
            }
            if (i < cooling) {
                pool.rest(
                        slot, new Verdict.Rest(Cooldown.Kind.WINDOW, null, now.plus(Duration.ofHours(9)), true), null);
            }
            slot.release();
        }
    }

    private UsageWindow window(String name, int percent) {
        return new UsageWindow(name, null, percent / 100.0, UsageWindow.Status.ALLOWED, null, null, null, time.now());
    }

    @Benchmark
    public Slot pickAndReserve() {
        Slot slot = ((Choice.Taken) balancer.choose(REQUEST, ROUTE, used, Set.of())).slot();
        slot.release();
        return slot;
    }

    @Benchmark
    public Ranking fullRanking() {
        return balancer.explain(REQUEST, ROUTE, used);
    }

    /** The system's clock; nothing here waits. */
    private static final class WallTime implements TimeSource {
        @Override
        public long nowMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
            throw new UnsupportedOperationException("nothing waits for an account here");
        }
    }
}
