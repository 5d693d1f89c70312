package io.ccflare.testkit.transport;

import io.ccflare.api.transport.Transport;
import java.util.Set;

/** What the rules need to know of the transport under test. */
interface TransportHost {

    Transport start(TransportSetup setup) throws Exception;

    Set<String> addedHeaders();

    boolean keepsHeaderOrder();

    String onTheWire(String target);

    boolean seesEarlyAnswers();

    boolean mayOutliveItsTransport(Thread thread);

    default Transport start() throws Exception {
        return start(TransportSetup.standard());
    }
}
