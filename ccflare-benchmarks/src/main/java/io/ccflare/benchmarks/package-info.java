/** JMH benchmarks of what lies on a request's path. */
package io.ccflare.benchmarks;
