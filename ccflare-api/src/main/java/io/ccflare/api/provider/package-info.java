/** What is specific to an upstream API: its routes, its headers, how its answers are read. */
@NullMarked
package io.ccflare.api.provider;

import org.jspecify.annotations.NullMarked;
