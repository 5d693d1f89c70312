/** Time as one injected source. */
@NullMarked
package io.ccflare.api.time;

import org.jspecify.annotations.NullMarked;
