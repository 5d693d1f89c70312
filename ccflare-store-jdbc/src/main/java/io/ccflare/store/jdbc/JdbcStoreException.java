package io.ccflare.store.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * The database cannot be used as it is told: it cannot be reached, its schema does not fit, or its key is not the one given. The
 * message says what to do; it never holds a secret.
 *
 * @since 1.0
 */
public final class JdbcStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JdbcStoreException(String message) {
        super(message);
    }

    JdbcStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
