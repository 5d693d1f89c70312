/** The gateway itself, its builder and its settings. */
@NullMarked
package io.ccflare.core;

import org.jspecify.annotations.NullMarked;
