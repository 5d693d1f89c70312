/** How prepared bytes get to an upstream and back. */
@NullMarked
package io.ccflare.api.transport;

import org.jspecify.annotations.NullMarked;
