/** What runs in the process under test: gateways in each host with each transport, and pass-throughs without one to compare with. */
@NullMarked
package io.ccflare.benchmarks.load.host;

import org.jspecify.annotations.NullMarked;
