/** Which account a request goes to, as a pure function of the request and the pool. */
@NullMarked
package io.ccflare.api.routing;

import org.jspecify.annotations.NullMarked;
