/** The engine as a whole, against a fake upstream. */
@NullMarked
package io.ccflare.core.engine;

import org.jspecify.annotations.NullMarked;
