/** What every adapter must do, as JUnit 5 tests: extend {@link io.ccflare.testkit.adapter.AdapterContract}. */
@NullMarked
package io.ccflare.testkit.adapter;

import org.jspecify.annotations.NullMarked;
