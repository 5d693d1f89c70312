/** The Javalin adapter: {@link io.ccflare.adapter.javalin.JavalinGateway}. */
@NullMarked
package io.ccflare.adapter.javalin;

import org.jspecify.annotations.NullMarked;
