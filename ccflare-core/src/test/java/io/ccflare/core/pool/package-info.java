@NullMarked
package io.ccflare.core.pool;

import org.jspecify.annotations.NullMarked;
