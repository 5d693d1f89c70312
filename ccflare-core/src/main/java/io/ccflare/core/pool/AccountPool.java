package io.ccflare.core.pool;

import io.ccflare.api.account.Account;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.routing.AccountState;
import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.state.UsageWindow;
import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of a gateway and what was learned of them. Reading is free of locks; what is learned is put in under one short lock, and
 * nobody is called while it is held.
 */
public final class AccountPool {

    private final Object lock = new Object();
    private final TimeSource time;
    private final Consumer<StateChange> changes;
    private final BiConsumer<Account, Cooldown> cooled;
    private final Cooldowns cooldowns = new Cooldowns();
    private final Queue<Runnable> waiters = new ConcurrentLinkedQueue<>();

    /** Accounts by provider, in store order. Swapped as a whole under {@link #lock}. */
    private volatile Map<String, List<PoolAccount>> byProvider = Map.of();

    private volatile Map<String, PoolAccount> byId = Map.of();

    /**
     * @param changes told of everything worth sharing with other nodes
     * @param cooled told of every cooldown that was set here
     */
    public AccountPool(TimeSource time, Consumer<StateChange> changes, BiConsumer<Account, Cooldown> cooled) {
        this.time = time;
        this.changes = changes;
        this.cooled = cooled;
    }

    /** Puts these accounts in place of those that were there; what is known of an account that stays is kept. */
    public void replace(List<Account> accounts, int defaultMaxInFlight) {
        List<StateChange> lifted = new ArrayList<>();
        synchronized (lock) {
            Map<String, PoolAccount> ids = new LinkedHashMap<>();
            Map<String, List<PoolAccount>> providers = new HashMap<>();
            for (Account account : accounts) {
                int limit = account.maxInFlight() > 0 ? account.maxInFlight() : defaultMaxInFlight;
                PoolAccount pooled = byId.get(account.id());
                if (pooled == null) {
                    pooled = new PoolAccount(new AccountState(account, List.of(), List.of(), null, limit));
                } else {
                    if (!pooled.account().credential().equals(account.credential())) {
                        forget(account.id(), lifted);
                        pooled.recovered();
                        pooled.forgetWhatItsCredentialTold();
                    }
                    pooled.replace(account, limit);
                }
                ids.put(account.id(), pooled);
                providers
                        .computeIfAbsent(account.provider(), p -> new ArrayList<>())
                        .add(pooled);
            }
            providers.replaceAll((provider, list) -> List.copyOf(list));
            byId = ids;
            byProvider = Map.copyOf(providers);
            refreshCooldowns();
        }
        lifted.forEach(changes);
        wakeAll();
    }

    private void forget(String domain, List<StateChange> lifted) {
        Instant now = time.now();
        cooldowns.forget(domain).forEach(each -> lifted.add(new StateChange.Cleared(domain, each, now)));
    }

    List<PoolAccount> of(String provider) {
        return byProvider.getOrDefault(provider, List.of());
    }

    /** What is known of every account, in store order. */
    public List<AccountState> states() {
        return byId.values().stream().map(PoolAccount::state).toList();
    }

    /** How many calls are open on an account; 0 when it is gone. */
    public int inFlight(String accountId) {
        PoolAccount account = byId.get(accountId);
        return account == null ? 0 : account.inFlight();
    }

    @Nullable
    PoolAccount find(String accountId) {
        return byId.get(accountId);
    }

    /** Takes a slot on an account if one is free. */
    @Nullable
    Slot reserve(PoolAccount account, String reason) {
        return account.reserve() ? new Slot(account, reason, time.now(), this::wakeOne) : null;
    }

    /** An account served: what it was refused for before that call is lifted, and its session opens. */
    public void served(Slot slot, @Nullable String modelClass, Duration sessionDuration) {
        PoolAccount account = slot.holder();
        boolean quiet = cooldowns.isEmpty() && !account.failing();
        Instant opened = account.state().sessionOpenedAt();
        Instant now = time.now();
        boolean opens = opened == null || !now.isBefore(opened.plus(sessionDuration));
        if (quiet && !opens) {
            return;
        }
        boolean cleared;
        synchronized (lock) {
            account.recovered();
            cleared = clear(account.domains(), modelClass, slot.since());
            if (opens) {
                account.sessionOpenedAt(now);
            }
        }
        if (cleared) {
            account.domains().forEach(d -> changes.accept(new StateChange.Cleared(d, modelClass, slot.since())));
            wakeAll();
        }
        if (opens) {
            changes.accept(new StateChange.SessionOpened(account.id(), now));
        }
    }

    private boolean clear(List<String> domains, @Nullable String modelClass, Instant callBegan) {
        boolean cleared = false;
        for (String domain : domains) {
            cleared |= cooldowns.clear(domain, modelClass, callBegan);
        }
        if (cleared) {
            refreshCooldowns();
        }
        return cleared;
    }

    /** Lets an account, or its whole quota domain, rest as a verdict says. */
    public void rest(Slot slot, Verdict.Rest rest, @Nullable String detail) {
        PoolAccount account = slot.holder();
        Instant now = time.now();
        Cooldown cooldown;
        boolean news;
        synchronized (lock) {
            if (outdated(slot)) {
                return;
            }
            Instant until = rest.until();
            if (until == null) {
                boolean resting = account.state().cooldowns().stream().anyMatch(c -> sameRest(c, rest, now));
                int before = account.failures(rest.kind()) - (resting ? 1 : 0);
                if (!resting) {
                    account.failed(rest.kind());
                }
                until = now.plus(Ladder.rest(rest.kind(), Math.max(0, before)));
            }
            String shared = rest.accountOnly() ? null : account.sharedDomain();
            String domain = shared == null ? account.id() : shared;
            cooldown = new Cooldown(domain, rest.modelClass(), rest.kind(), until, now, detail);
            news = until.isAfter(now) && cooldowns.put(cooldown);
            if (news) {
                refreshCooldowns();
            }
        }
        if (news) {
            cooled.accept(account.account(), cooldown);
            if (worthSharing(cooldown.kind())) {
                changes.accept(new StateChange.Cooled(cooldown));
            }
        }
    }

    /** What a call with a credential that was replaced meanwhile is told says nothing about the new one. */
    private static boolean outdated(Slot slot) {
        return !slot.account().credential().equals(slot.holder().account().credential());
    }

    /** Not what is over in a moment; nor what a new credential mends, which may come while no node is there to see it. */
    private static boolean worthSharing(Cooldown.Kind kind) {
        return kind != Cooldown.Kind.BACKOFF && kind != Cooldown.Kind.CREDENTIAL;
    }

    /** A burst of parallel failures is one failure: it counts again only when the last rest is over. */
    private static boolean sameRest(Cooldown cooldown, Verdict.Rest rest, Instant now) {
        return cooldown.kind() == rest.kind() && cooldown.until().isAfter(now);
    }

    /** Takes in what a response told of an account's budget. */
    public void learn(Slot slot, List<UsageWindow> windows, @Nullable String quotaDomain) {
        PoolAccount account = slot.holder();
        boolean newDomain = quotaDomain != null
                && !account.domains().contains(account.account().provider() + "/" + quotaDomain);
        if (windows.isEmpty() && !newDomain) {
            return;
        }
        synchronized (lock) {
            if (outdated(slot)) {
                return;
            }
            if (!windows.isEmpty()) {
                account.windows(windows);
            }
            if (quotaDomain != null && account.learnDomain(quotaDomain)) {
                refreshCooldowns();
            }
        }
        if (!windows.isEmpty()) {
            changes.accept(new StateChange.Metered(account.id(), windows, time.now()));
        }
    }

    /** Takes in what another node learned; what this node learned itself does no harm. */
    public void apply(List<StateChange> learned) {
        synchronized (lock) {
            for (StateChange change : learned) {
                applyOne(change);
            }
            cooldowns.dropLapsed(time.now());
            refreshCooldowns();
        }
        wakeAll();
    }

    private void applyOne(StateChange change) {
        if (change instanceof StateChange.Cooled it) {
            cooldowns.put(it.cooldown());
        } else if (change instanceof StateChange.Cleared it) {
            cooldowns.clear(it.domain(), it.modelClass(), it.at());
        } else if (change instanceof StateChange.Metered it && byId.get(it.accountId()) != null) {
            byId.get(it.accountId()).windows(it.windows());
        } else if (change instanceof StateChange.SessionOpened it && byId.get(it.accountId()) != null) {
            PoolAccount account = byId.get(it.accountId());
            Instant known = account.state().sessionOpenedAt();
            if (known == null || it.at().isAfter(known)) {
                account.sessionOpenedAt(it.at());
            }
        }
    }

    /** Lifts all that an account is refused for, at its operator's word. @return false when there is no such account */
    public boolean lift(String accountId) {
        PoolAccount account = byId.get(accountId);
        if (account == null) {
            return false;
        }
        List<StateChange> lifted = new ArrayList<>();
        synchronized (lock) {
            account.domains().forEach(domain -> forget(domain, lifted));
            account.recovered();
            refreshCooldowns();
        }
        lifted.forEach(changes);
        wakeAll();
        return true;
    }

    private void refreshCooldowns() {
        Instant now = time.now();
        for (PoolAccount account : byId.values()) {
            List<Cooldown> fresh = cooldowns.of(account.domains(), now);
            if (!fresh.equals(account.state().cooldowns())) {
                account.cooldowns(fresh);
            }
        }
    }

    /**
     * Calls {@code waiter} on the timer's thread when a slot comes free or something was lifted; perhaps for nothing.
     *
     * @return takes it back
     */
    public Runnable awaitChange(Runnable waiter) {
        waiters.add(waiter);
        return () -> waiters.remove(waiter);
    }

    private void wakeOne() {
        Runnable waiter = waiters.poll();
        if (waiter != null) {
            time.after(Duration.ZERO, waiter);
        }
    }

    private void wakeAll() {
        for (Runnable waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
            time.after(Duration.ZERO, waiter);
        }
    }
}
