/** Accounts and shared state in memory: for a gateway of one process, and for tests. */
@NullMarked
package io.ccflare.core.memory;

import org.jspecify.annotations.NullMarked;
