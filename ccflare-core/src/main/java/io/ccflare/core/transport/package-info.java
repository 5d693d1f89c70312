/** The default transport: the JDK's own HTTP client, made fit for long streams and quick cancellation. */
@NullMarked
package io.ccflare.core.transport;

import org.jspecify.annotations.NullMarked;
