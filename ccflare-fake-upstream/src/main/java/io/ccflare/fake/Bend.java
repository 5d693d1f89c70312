package io.ccflare.fake;

import java.util.stream.Stream;

/** What a fault makes of an exchange. */
@FunctionalInterface
interface Bend {
    Stream<Step> play(Exchange exchange);
}
