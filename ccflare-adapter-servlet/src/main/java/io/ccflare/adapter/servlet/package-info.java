/**
 * The servlet adapter: {@link io.ccflare.adapter.servlet.GatewayServlet} for hosts,
 * {@link io.ccflare.adapter.servlet.ServletMount} below it.
 */
@NullMarked
package io.ccflare.adapter.servlet;

import org.jspecify.annotations.NullMarked;
