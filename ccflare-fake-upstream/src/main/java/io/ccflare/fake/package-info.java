/**
 * An Anthropic-shaped HTTP/1.1 server on loopback whose accounts misbehave on request. It speaks raw sockets, so it can do what a
 * well-behaved server cannot: reset, stall, cut inside an event, declare a wrong length.
 *
 * <p>Start at {@link io.ccflare.fake.FakeUpstream}; what can go wrong is listed in {@link io.ccflare.fake.Fault#catalogue()}.
 *
 * @since 1.0
 */
@NullMarked
package io.ccflare.fake;

import org.jspecify.annotations.NullMarked;
