package io.ccflare.api.routing;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The accounts of one provider at one moment, in the order of their store, each with its standing for one request. Immutable as
 * seen by a strategy; the time is part of it, so that a decision is a function of what it is given.
 *
 * @since 1.0
 */
public final class PoolSnapshot {

    private final long nowMillis;
    private final List<AccountState> accounts;
    private final Standing[] standings;
    private final int[] inFlight;

    /**
     * @param nowMillis the moment, in milliseconds since the epoch
     * @param accounts in store order; an immutable list
     * @param standings one for each account; becomes the snapshot's
     * @param inFlight open calls on each account; becomes the snapshot's
     * @throws IllegalArgumentException if the three differ in length
     */
    public PoolSnapshot(long nowMillis, List<AccountState> accounts, Standing[] standings, int[] inFlight) {
        if (accounts.size() != standings.length || standings.length != inFlight.length) {
            throw new IllegalArgumentException("a snapshot needs a standing and a count for each account");
        }
        this.nowMillis = nowMillis;
        this.accounts = accounts;
        this.standings = standings;
        this.inFlight = inFlight;
    }

    /** Milliseconds since the epoch. */
    public long nowMillis() {
        return nowMillis;
    }

    public Instant now() {
        return Instant.ofEpochMilli(nowMillis);
    }

    /** How many accounts there are, usable or not. */
    public int size() {
        return standings.length;
    }

    /** The account at {@code index}, from 0. */
    public AccountState account(int index) {
        return accounts.get(index);
    }

    public Standing standing(int index) {
        return standings[index];
    }

    /** How many calls are open on it. */
    public int inFlight(int index) {
        return inFlight[index];
    }

    /** The indexes of the accounts that may be picked, in store order. */
    public IntStream usable() {
        return IntStream.range(0, standings.length).filter(index -> standings[index].usable());
    }
}
