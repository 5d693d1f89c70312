/**
 * Finds events in a {@code text/event-stream} that flows past, without lines or events ever being gathered.
 *
 * <p>Internal to the engine: not exported.
 */
@NullMarked
package io.ccflare.core.sse;

import org.jspecify.annotations.NullMarked;
