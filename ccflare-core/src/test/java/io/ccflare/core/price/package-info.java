@NullMarked
package io.ccflare.core.price;

import org.jspecify.annotations.NullMarked;
