/** Contracts for stores and shared state, and time under a test's control. */
@NullMarked
package io.ccflare.testkit;

import org.jspecify.annotations.NullMarked;
