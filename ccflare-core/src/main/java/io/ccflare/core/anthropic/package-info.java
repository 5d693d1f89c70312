/** Anthropic's API: its routes, headers, limits, errors, and how its responses are read. */
@NullMarked
package io.ccflare.core.anthropic;

import org.jspecify.annotations.NullMarked;
