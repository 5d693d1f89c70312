package io.ccflare.core.pool;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which account a session is served by. Bounded: when full, the one unused for longest goes. Thread-safe; one short lock, nothing is
 * called under it.
 */
public final class Bindings {

    /**
     * @param accountId who serves the session
     * @param usedAt milliseconds since the epoch
     */
    record Binding(String accountId, long usedAt) {}

    private final Object lock = new Object();

    /** In order of last use, the oldest first. Guarded by {@link #lock}. */
    private final Map<String, Binding> bySession = new LinkedHashMap<>(16, 0.75f, true);

    /** Sessions recognised only by how they begin that have a request under way. */
    private final Map<String, Boolean> busyGuesses = new ConcurrentHashMap<>();

    private volatile int capacity;
    private volatile long idleMillis;

    public Bindings(int capacity, Duration idle) {
        limits(capacity, idle);
    }

    public final void limits(int capacity, Duration idle) {
        this.capacity = capacity;
        this.idleMillis = idle.toMillis();
    }

    @Nullable
    Binding find(String session, long nowMillis) {
        synchronized (lock) {
            Binding binding = bySession.get(session);
            if (binding != null && nowMillis - binding.usedAt >= idleMillis) {
                bySession.remove(session);
                return null;
            }
            return binding;
        }
    }

    /** @return whether it is new, or moved from another account */
    public boolean bind(String session, String accountId, long atMillis) {
        synchronized (lock) {
            Binding old = bySession.get(session);
            if (old != null && old.usedAt > atMillis) {
                return false;
            }
            bySession.put(session, new Binding(accountId, atMillis));
            trim(atMillis);
            return old == null || !old.accountId.equals(accountId);
        }
    }

    private void trim(long nowMillis) {
        Iterator<Binding> oldestFirst = bySession.values().iterator();
        while (oldestFirst.hasNext()) {
            Binding oldest = oldestFirst.next();
            if (bySession.size() <= capacity && nowMillis - oldest.usedAt < idleMillis) {
                return;
            }
            oldestFirst.remove();
        }
    }

    /** Drops a binding, unless it was renewed after {@code atMillis}. */
    public boolean unbind(String session, long atMillis) {
        synchronized (lock) {
            Binding old = bySession.get(session);
            if (old == null || old.usedAt > atMillis) {
                return false;
            }
            bySession.remove(session);
            return true;
        }
    }

    public int size() {
        synchronized (lock) {
            return bySession.size();
        }
    }

    /**
     * Claims a session that is recognised only by how it begins. Parallel workers often begin alike without being one conversation, so
     * only one request at a time may use such a session.
     *
     * @return false when another request holds it
     */
    public boolean claimGuess(String session) {
        return busyGuesses.putIfAbsent(session, Boolean.TRUE) == null;
    }

    public void releaseGuess(String session) {
        busyGuesses.remove(session);
    }
}
