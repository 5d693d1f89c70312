/** {@link io.ccflare.httpclient.GatewayHttpClient}: the JDK's HTTP client with a gateway behind it instead of a network. */
@NullMarked
package io.ccflare.httpclient;

import org.jspecify.annotations.NullMarked;
