@NullMarked
package io.ccflare.core.anthropic;

import org.jspecify.annotations.NullMarked;
