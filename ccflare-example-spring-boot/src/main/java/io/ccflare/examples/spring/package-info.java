/** A Spring Boot service that mounts the gateway beside its own routes. */
@NullMarked
package io.ccflare.examples.spring;

import org.jspecify.annotations.NullMarked;
