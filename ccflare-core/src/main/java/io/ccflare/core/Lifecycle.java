package io.ccflare.core;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.WatchableAccountStore;
import io.ccflare.api.provider.Provider;
import io.ccflare.api.time.TimeSource;
import io.ccflare.core.call.OpenCalls;
import io.ccflare.core.pool.AccountPool;
import io.ccflare.core.pool.Bindings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway does beside its requests, on one thread of its own: read accounts, exchange state, end what waits for too long;
 * and in which order it ends. Thread-safe.
 */
final class Lifecycle {

    private static final System.Logger LOG = System.getLogger(Gateway.class.getName());
    private static final Duration SWEEP = Duration.ofSeconds(1);
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final AccountStore store;
    private final List<Provider> providers;
    private final AccountPool pool;
    private final Bindings bindings;
    private final Events events;
    private final @Nullable Sharing sharing;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "ccflare-gateway");
        thread.setDaemon(true);
        return thread;
    });

    private final List<Recurring> recurring = new ArrayList<>();

    /** Closed in this order at the end. */
    private final List<AutoCloseable> owned = new ArrayList<>();

    private final Object lock = new Object();
    private volatile GatewaySettings settings;

    /** Guarded by {@link #lock}, together with what the pool was given. */
    private List<Account> accounts = List.of();

    Lifecycle(
            AccountStore store,
            List<Provider> providers,
            AccountPool pool,
            Bindings bindings,
            Events events,
            @Nullable Sharing sharing,
            GatewaySettings settings) {
        this.store = store;
        this.providers = providers;
        this.pool = pool;
        this.bindings = bindings;
        this.events = events;
        this.sharing = sharing;
        this.settings = settings;
    }

    /** Puts the first accounts in use and begins everything that recurs. */
    void start(List<Account> first, TimeSource time, OpenCalls open) {
        use(first);
        if (sharing != null) {
            sharing.load();
            recurring.add(new Recurring(
                            time,
                            () -> settings.shareInterval(),
                            worker,
                            () -> sharing.exchange(settings.bindingIdle()))
                    .start());
        }
        recurring.add(new Recurring(time, () -> settings.reloadInterval(), worker, this::reloadOrKeep).start());
        recurring.add(
                new Recurring(time, () -> SWEEP, worker, () -> open.sweep(time.nanos(), settings.timeouts())).start());
        if (store instanceof WatchableAccountStore watchable) {
            watch(watchable);
        }
    }

    private void watch(WatchableAccountStore watchable) {
        try {
            owned.add(watchable.watch(this::reload));
        } catch (Exception e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the account store cannot be watched; it is read every " + settings.reloadInterval() + " instead",
                    e);
        }
    }

    /** To be closed at the end, after what was added before. */
    void own(AutoCloseable resource) {
        owned.add(resource);
    }

    GatewaySettings settings() {
        return settings;
    }

    void configure(GatewaySettings next) {
        synchronized (lock) {
            settings = next;
            bindings.limits(next.maxBindings(), next.bindingIdle());
            pool.replace(accounts, next.maxInFlightPerAccount());
        }
    }

    CompletableFuture<Void> reload() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            worker.execute(() -> {
                try {
                    read();
                    done.complete(null);
                } catch (Exception | Error e) {
                    report(e);
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new IllegalStateException("the gateway is closed", e));
        }
        return done;
    }

    private void reloadOrKeep() {
        try {
            read();
        } catch (Exception e) {
            report(e);
        }
    }

    private static void report(Throwable cause) {
        LOG.log(System.Logger.Level.WARNING, "the accounts could not be read; those in use stay in use", cause);
    }

    private void read() throws Exception {
        List<Account> fresh = List.copyOf(store.accounts());
        Checks checks = new Checks("the accounts");
        AccountChecks.check(checks, store, fresh, providers);
        checks.done();
        use(fresh);
    }

    private void use(List<Account> fresh) {
        synchronized (lock) {
            if (fresh.equals(accounts)) {
                return;
            }
            accounts = fresh;
            pool.replace(fresh, settings.maxInFlightPerAccount());
        }
        LOG.log(System.Logger.Level.INFO, "{0} accounts in use: {1}", fresh.size(), names(fresh));
    }

    private static String names(List<Account> accounts) {
        return String.join(", ", accounts.stream().map(Account::name).toList());
    }

    long droppedEvents() {
        return events.dropped();
    }

    long listenerFailures() {
        return events.failures();
    }

    /** Ends all of it: timers, the last exchange of state, listeners, then what is owned. */
    void close() {
        recurring.forEach(Recurring::close);
        worker.execute(() -> {
            if (sharing != null) {
                sharing.save(settings.bindingIdle());
            }
        });
        worker.shutdown();
        try {
            if (!worker.awaitTermination(LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
        events.close();
        for (AutoCloseable resource : owned) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "closing " + resource.getClass().getName() + " failed",
                        e);
            }
        }
    }
}
