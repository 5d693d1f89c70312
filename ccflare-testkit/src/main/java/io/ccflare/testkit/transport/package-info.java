/** What every transport must do, as JUnit 5 tests: extend {@link io.ccflare.testkit.transport.TransportContract}. */
@NullMarked
package io.ccflare.testkit.transport;

import org.jspecify.annotations.NullMarked;
