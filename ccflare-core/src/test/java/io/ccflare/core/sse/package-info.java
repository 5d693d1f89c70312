@NullMarked
package io.ccflare.core.sse;

import org.jspecify.annotations.NullMarked;
