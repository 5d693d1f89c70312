/** Accounts, shared state and the request log in a SQL database; begins at {@link io.ccflare.store.jdbc.JdbcStore}. */
@NullMarked
package io.ccflare.store.jdbc;

import org.jspecify.annotations.NullMarked;
