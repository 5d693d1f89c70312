package io.ccflare.core.pool;

import io.ccflare.api.account.Account;
import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.Standing;
import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.UsageWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One account in the pool: an immutable {@link AccountState} that is swapped when something is learned, and the count of its open
 * calls. Reads are free; changes are made by {@link AccountPool} under its lock.
 */
final class PoolAccount {

    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile AccountState state;
    private volatile boolean failing;
    private volatile @Nullable String learnedDomain;

    /** How many back-offs followed each other without a success between. Guarded by the pool's lock. */
    private final int[] failures = new int[Cooldown.Kind.values().length];

    PoolAccount(AccountState state) {
        this.state = state;
    }

    int failures(Cooldown.Kind kind) {
        return failures[kind.ordinal()];
    }

    void failed(Cooldown.Kind kind) {
        failures[kind.ordinal()]++;
        failing = true;
    }

    void recovered() {
        Arrays.fill(failures, 0);
        failing = false;
    }

    /** Whether it failed since it last served. */
    boolean failing() {
        return failing;
    }

    AccountState state() {
        return state;
    }

    Account account() {
        return state.account();
    }

    String id() {
        return state.account().id();
    }

    int inFlight() {
        return inFlight.get();
    }

    /** Takes a slot if one is free. */
    boolean reserve() {
        int limit = state.maxInFlight();
        int open = inFlight.get();
        while (open < limit) {
            if (inFlight.compareAndSet(open, open + 1)) {
                return true;
            }
            open = inFlight.get();
        }
        return false;
    }

    void release() {
        inFlight.decrementAndGet();
    }

    /** Whose cooldowns count for it: its own, and those of its quota domain. */
    List<String> domains() {
        String shared = sharedDomain();
        return shared == null ? List.of(id()) : List.of(id(), shared);
    }

    /** The quota domain it shares with others: as its store says, else as the provider's responses say. */
    @Nullable
    String sharedDomain() {
        String told = account().quotaDomain();
        String name = told != null ? told : learnedDomain;
        return name == null ? null : account().provider() + "/" + name;
    }

    /** @return whether that is news */
    boolean learnDomain(String domain) {
        boolean news = !domain.equals(learnedDomain);
        learnedDomain = domain;
        return news;
    }

    /** Another credential may be another organisation's, with windows of its own. */
    void forgetWhatItsCredentialTold() {
        learnedDomain = null;
        AccountState old = state;
        state = new AccountState(old.account(), old.cooldowns(), List.of(), old.sessionOpenedAt(), old.maxInFlight());
    }

    void replace(Account account, int maxInFlight) {
        AccountState old = state;
        state = new AccountState(account, old.cooldowns(), old.windows(), old.sessionOpenedAt(), maxInFlight);
    }

    void cooldowns(List<Cooldown> cooldowns) {
        AccountState old = state;
        state = new AccountState(old.account(), cooldowns, old.windows(), old.sessionOpenedAt(), old.maxInFlight());
    }

    /** Puts fresh windows in place of those of the same name and class that were not observed later. */
    void windows(List<UsageWindow> fresh) {
        AccountState old = state;
        List<UsageWindow> merged = new ArrayList<>(old.windows());
        for (int i = 0; i < fresh.size(); i++) {
            merge(merged, fresh.get(i));
        }
        state = new AccountState(old.account(), old.cooldowns(), merged, old.sessionOpenedAt(), old.maxInFlight());
    }

    private static void merge(List<UsageWindow> windows, UsageWindow fresh) {
        for (int i = 0; i < windows.size(); i++) {
            UsageWindow known = windows.get(i);
            if (sameWindow(known, fresh)) {
                windows.set(i, later(known, fresh) ? known : fresh);
                return;
            }
        }
        windows.add(fresh);
    }

    private static boolean later(UsageWindow known, UsageWindow window) {
        return known.observedAt().isAfter(window.observedAt());
    }

    private static boolean sameWindow(UsageWindow a, UsageWindow b) {
        return a.name().equals(b.name()) && Objects.equals(a.modelClass(), b.modelClass());
    }

    void sessionOpenedAt(Instant at) {
        AccountState old = state;
        state = new AccountState(old.account(), old.cooldowns(), old.windows(), at, old.maxInFlight());
    }

    /** Where it stands for a request of a model class, apart from what only the request knows. */
    Standing standing(@Nullable String modelClass, long nowMillis) {
        return standing(state, inFlight.get(), modelClass, nowMillis);
    }

    static Standing standing(AccountState now, int inFlight, @Nullable String modelClass, long nowMillis) {
        if (now.account().paused()) {
            return Standing.PAUSED;
        }
        Standing worst = Standing.USABLE;
        List<Cooldown> cooldowns = now.cooldowns();
        for (int i = 0; i < cooldowns.size(); i++) {
            Cooldown cooldown = cooldowns.get(i);
            if (cooldown.until().toEpochMilli() > nowMillis && cooldown.concerns(modelClass)) {
                worst = worse(worst, standing(cooldown.kind()));
            }
        }
        if (worst.compareTo(Standing.AT_LIMIT) < 0 && inFlight >= now.maxInFlight()) {
            return Standing.AT_LIMIT;
        }
        return worst;
    }

    private static Standing worse(Standing a, Standing b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Standing standing(Cooldown.Kind kind) {
        return switch (kind) {
            case BACKOFF -> Standing.BACKING_OFF;
            case CREDENTIAL -> Standing.SIGN_IN_NEEDED;
            case PERMISSION -> Standing.NOT_PERMITTED;
            case WINDOW, SPEND_CAP, UNKNOWN -> Standing.COOLING;
        };
    }

    /** When it comes back by itself for a model class; null when nothing keeps it. What its operator must mend is tried again then. */
    @Nullable
    static Instant returnsAt(AccountState state, @Nullable String modelClass, long nowMillis) {
        Instant latest = null;
        for (Cooldown cooldown : state.cooldowns()) {
            boolean waits = cooldown.kind() != Cooldown.Kind.BACKOFF
                    && cooldown.until().toEpochMilli() > nowMillis
                    && cooldown.concerns(modelClass);
            if (waits && (latest == null || cooldown.until().isAfter(latest))) {
                latest = cooldown.until();
            }
        }
        return latest;
    }
}
