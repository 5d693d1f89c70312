@NullMarked
package io.ccflare.examples;

import org.jspecify.annotations.NullMarked;
