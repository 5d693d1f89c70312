/** What the pool knows of its accounts: cooldowns, usage windows, bindings; and how nodes share it. */
@NullMarked
package io.ccflare.api.state;

import org.jspecify.annotations.NullMarked;
