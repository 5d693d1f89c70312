package io.ccflare.api.account;

/**
 * An {@link AccountStore} that tells when its accounts changed, so that a gateway need not wait for its next look.
 *
 * @since 1.0
 */
public interface WatchableAccountStore extends AccountStore {

    /**
     * Calls {@code changed} after each change, on any thread, until the returned handle is closed. The callback is short, does
     * not block and does not throw. Several changes may be told by one call.
     *
     * @return ends the watch; idempotent
     * @throws Exception when changes cannot be watched
     */
    AutoCloseable watch(Runnable changed) throws Exception;
}
