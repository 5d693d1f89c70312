/**
 * Reads a few chosen values out of JSON that flows past, without building a tree, gathering segments or allocating.
 *
 * <p>Internal to the engine: not exported.
 */
@NullMarked
package io.ccflare.core.json;

import org.jspecify.annotations.NullMarked;
