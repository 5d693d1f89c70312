package io.ccflare.core.memory;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.EditableAccountStore;
import io.ccflare.api.account.RotatingAccountStore;
import io.ccflare.api.account.WatchableAccountStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Accounts in memory, with every ability of a store; what is changed is gone with the process. It gives each account a revision of its
 * own, whatever revision it was handed with.
 *
 * <p>Thread-safe. Watchers are called on the thread that made the change, after it, with no lock held.
 *
 * @since 1.0
 */
public final class InMemoryAccountStore implements RotatingAccountStore, EditableAccountStore, WatchableAccountStore {

    private final InstantSource clock;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final Map<String, Instant> claims = new HashMap<>();
    private long revisions;

    /**
     * Begins with these accounts, in this order.
     *
     * @throws IllegalArgumentException if two have one id or one name; the message says which
     */
    public InMemoryAccountStore(Collection<Account> accounts) {
        this(accounts, InstantSource.system());
    }

    /**
     * Begins with these accounts and a clock of choice.
     *
     * @param clock by which claims lapse; for example {@code time::now}
     * @throws IllegalArgumentException if two have one id or one name; the message says which
     */
    public InMemoryAccountStore(Collection<Account> accounts, InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        for (Account account : accounts) {
            if (!(add(account) instanceof Edit.Done)) {
                throw new IllegalArgumentException("two accounts have the id " + account.id() + " or the name "
                        + account.name() + "; both must be unique");
            }
        }
    }

    /**
     * A store of these accounts, in this order.
     *
     * @throws IllegalArgumentException if two have one id or one name
     */
    public static InMemoryAccountStore of(Account... accounts) {
        return new InMemoryAccountStore(List.of(accounts));
    }

    @Override
    public List<Account> accounts() {
        synchronized (lock) {
            return List.copyOf(accounts.values());
        }
    }

    @Override
    public boolean claimRefresh(String accountId, String revision, Instant until) {
        synchronized (lock) {
            Account account = accounts.get(accountId);
            Instant claimedUntil = claims.get(accountId);
            boolean claimed = claimedUntil != null && clock.instant().isBefore(claimedUntil);
            if (account == null || claimed || !account.revision().equals(revision)) {
                return false;
            }
            claims.put(accountId, until);
            return true;
        }
    }

    @Override
    public Replacement replaceCredential(String accountId, String revision, Credential credential) {
        Account stored;
        synchronized (lock) {
            Account account = accounts.get(accountId);
            if (account == null) {
                return new Replacement.Gone();
            }
            if (!account.revision().equals(revision)) {
                return new Replacement.Conflict(account);
            }
            stored = put(account.toBuilder().credential(credential).revision(nextRevision()));
            claims.remove(accountId);
        }
        tell();
        return new Replacement.Stored(stored);
    }

    @Override
    public Edit add(Account account) {
        Account stored;
        synchronized (lock) {
            if (accounts.containsKey(account.id()) || isTaken(account.name(), account.id())) {
                return new Edit.NameTaken();
            }
            stored = put(account.toBuilder().revision(nextRevision()));
        }
        tell();
        return new Edit.Done(stored);
    }

    @Override
    public Edit rename(String accountId, String name) {
        Account stored;
        synchronized (lock) {
            Account account = accounts.get(accountId);
            if (account == null) {
                return new Edit.Gone();
            }
            Account.Builder renamed = account.toBuilder().name(name);
            if (isTaken(name, accountId)) {
                return new Edit.NameTaken();
            }
            stored = put(renamed);
        }
        tell();
        return new Edit.Done(stored);
    }

    @Override
    public Edit pause(String accountId, boolean paused) {
        Account stored;
        synchronized (lock) {
            Account account = accounts.get(accountId);
            if (account == null) {
                return new Edit.Gone();
            }
            stored = put(account.toBuilder().paused(paused));
        }
        tell();
        return new Edit.Done(stored);
    }

    @Override
    public boolean remove(String accountId) {
        synchronized (lock) {
            claims.remove(accountId);
            if (accounts.remove(accountId) == null) {
                return false;
            }
        }
        tell();
        return true;
    }

    @Override
    public AutoCloseable watch(Runnable changed) {
        Watch watch = new Watch(Objects.requireNonNull(changed, "changed"));
        watches.add(watch);
        return () -> watches.remove(watch);
    }

    private boolean isTaken(String name, String ownId) {
        return accounts.values().stream()
                .anyMatch(other -> other.name().equals(name) && !other.id().equals(ownId));
    }

    private Account put(Account.Builder changed) {
        Account account = changed.build();
        accounts.put(account.id(), account);
        return account;
    }

    /** Never given twice, so that an account that was removed and added again is another one. */
    private String nextRevision() {
        return Long.toString(++revisions);
    }

    private void tell() {
        watches.forEach(watch -> watch.changed.run());
    }

    /** One per call of {@link #watch}, so that a callback that is watched twice can be ended once. */
    private static final class Watch {

        private final Runnable changed;

        Watch(Runnable changed) {
            this.changed = changed;
        }
    }
}
