/**
 * Hosts of a gateway, each with a main of its own: {@link io.ccflare.examples.NotesService}, a Javalin service that has routes and users
 * already; {@link io.ccflare.examples.OwnTableService}, the same with accounts in a table of its own; {@link
 * io.ccflare.examples.StandaloneProxy}, a proxy that needs no host.
 */
@NullMarked
package io.ccflare.examples;

import org.jspecify.annotations.NullMarked;
