/** The accounts of a gateway, what is known of them, and the choice among them. */
@NullMarked
package io.ccflare.core.pool;

import org.jspecify.annotations.NullMarked;
