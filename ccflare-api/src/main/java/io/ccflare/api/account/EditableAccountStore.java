package io.ccflare.api.account;

/**
 * An {@link AccountStore} whose accounts can be added, renamed, paused and removed. The gateway itself never edits: this is for whoever
 * manages its accounts.
 *
 * <p>Each method is durable when it returns, is thread-safe and may block.
 *
 * @since 1.0
 */
public interface EditableAccountStore extends AccountStore {

    /**
     * Adds an account.
     *
     * @param account its id and its name must both be new
     * @return {@link Edit.Done} with the account as stored, or {@link Edit.NameTaken} if its id or its name is in use
     * @throws Exception when the store cannot be reached
     */
    Edit add(Account account) throws Exception;

    /**
     * Gives an account another name.
     *
     * @return {@link Edit.Done}, {@link Edit.NameTaken} or {@link Edit.Gone}
     * @throws IllegalArgumentException if the name is not one that {@link Account} takes
     * @throws Exception when the store cannot be reached
     */
    Edit rename(String accountId, String name) throws Exception;

    /**
     * Takes an account out of use, or back into it.
     *
     * @return {@link Edit.Done} or {@link Edit.Gone}
     * @throws Exception when the store cannot be reached
     */
    Edit pause(String accountId, boolean paused) throws Exception;

    /**
     * Removes an account and its credential.
     *
     * @return true if it was there
     * @throws Exception when the store cannot be reached
     */
    boolean remove(String accountId) throws Exception;

    /** What became of an edit. */
    sealed interface Edit {

        /**
         * It was made.
         *
         * @param account as it is now
         */
        record Done(Account account) implements Edit {}

        /** The name (or the id) belongs to another account; nothing was changed. */
        record NameTaken() implements Edit {}

        /** There is no such account. */
        record Gone() implements Edit {}
    }
}
