@NullMarked
package io.ccflare.core.call;

import org.jspecify.annotations.NullMarked;
