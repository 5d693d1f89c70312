package io.ccflare.api.record;

/**
 * Who is at fault when a request did not end well.
 *
 * @since 1.0
 */
public enum Fault {
    /** Nobody: it ended well. */
    NONE,
    /** The caller: a bad request, or one that was given up. */
    CALLER,
    /** The pool's own rules or state: nothing may serve it now. */
    POLICY,
    /** The provider, or the account with it. */
    PROVIDER,
    /** What lies between. */
    NETWORK,
    /** The gateway or its host. */
    GATEWAY,
    /** Told by a newer version. */
    UNKNOWN
}
