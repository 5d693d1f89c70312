package io.ccflare.api.account;

import java.time.Instant;

/**
 * An {@link AccountStore} whose credentials may be replaced: needed for accounts that sign in by OAuth, where each refresh
 * yields a new token and ends the old one. No provider that comes with the gateway takes such accounts yet.
 *
 * <p><b>Durability.</b> Each method runs in a committed transaction of its own: when it returns, the change survives a crash and
 * every node sees it. <b>Threads.</b> Thread-safe; may block; never called on a client's path.
 *
 * @since 1.0
 */
public interface RotatingAccountStore extends AccountStore {

    /**
     * Reserves the refresh of one credential, so that of several nodes only one spends the refresh token.
     *
     * @param accountId whose credential
     * @param revision the revision that the caller read; a claim on another revision is refused
     * @param until when the claim lapses by itself
     * @return true if the caller holds the claim now; false if another holds one that has not lapsed, the revision moved on, or
     *     the account is gone
     * @throws Exception when the store cannot be reached; nothing was claimed then
     */
    boolean claimRefresh(String accountId, String revision, Instant until) throws Exception;

    /**
     * Replaces a credential if nobody else did, and ends the claim on it.
     *
     * @param accountId whose credential
     * @param revision the revision that is to be replaced
     * @param credential the new one
     * @return what became of it
     * @throws Exception when it is unknown whether it was stored
     */
    Replacement replaceCredential(String accountId, String revision, Credential credential) throws Exception;

    /** What became of a replacement. */
    sealed interface Replacement {

        /**
         * It was stored.
         *
         * @param account as it is now, with its new revision
         */
        record Stored(Account account) implements Replacement {}

        /**
         * Somebody else replaced it before.
         *
         * @param current as they left it
         */
        record Conflict(Account current) implements Replacement {}

        /** There is no such account. */
        record Gone() implements Replacement {}
    }
}
