/** Load runs over loopback: a fake upstream, a gateway and the load client, each in a process of its own. */
@NullMarked
package io.ccflare.benchmarks.load;

import org.jspecify.annotations.NullMarked;
