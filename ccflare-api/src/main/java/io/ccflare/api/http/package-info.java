/** The seam between a host and the gateway: one function from a request to a response. */
@NullMarked
package io.ccflare.api.http;

import org.jspecify.annotations.NullMarked;
