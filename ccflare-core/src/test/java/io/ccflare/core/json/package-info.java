@NullMarked
package io.ccflare.core.json;

import org.jspecify.annotations.NullMarked;
