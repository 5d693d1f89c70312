/** Upstream calls over Vert.x' HTTP client, on the event loop they are made on. */
@NullMarked
package io.ccflare.adapter.vertx.transport;

import org.jspecify.annotations.NullMarked;
