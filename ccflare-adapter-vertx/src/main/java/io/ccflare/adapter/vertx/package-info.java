/** The Vert.x Web adapter: {@link io.ccflare.adapter.vertx.VertxGateway}. */
@NullMarked
package io.ccflare.adapter.vertx;

import org.jspecify.annotations.NullMarked;
