package io.ccflare.store.jdbc;

/**
 * What to do about the schema when the store is opened.
 *
 * @since 1.0
 */
public enum MigrationMode {
    /** Bring it up to date: the default. Safe when several nodes start at once. */
    MIGRATE,
    /** Change nothing, and refuse a schema that is not up to date, saying what is missing. */
    VALIDATE,
    /**
     * Look at nothing: for hosts whose own tool applies the SQL files of this jar ({@code io/ccflare/store/jdbc/migration/*.sql}, with
     * the table prefix put in for <code>${prefix}</code>).
     */
    NONE
}
