/**
 * What every transport must do, as JUnit 5 tests: extend {@link io.ccflare.testkit.transport.TransportContract}. For rules of
 * a transport of one's own there are {@link io.ccflare.testkit.transport.FarEnd} and {@link io.ccflare.testkit.transport.Reading}.
 */
@NullMarked
package io.ccflare.testkit.transport;

import org.jspecify.annotations.NullMarked;
