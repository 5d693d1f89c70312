/** One request on its way through the engine. */
@NullMarked
package io.ccflare.core.call;

import org.jspecify.annotations.NullMarked;
