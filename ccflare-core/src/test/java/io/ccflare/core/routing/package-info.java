@NullMarked
package io.ccflare.core.routing;

import org.jspecify.annotations.NullMarked;
