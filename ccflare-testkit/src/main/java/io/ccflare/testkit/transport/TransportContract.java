package io.ccflare.testkit.transport;

import io.ccflare.api.transport.Transport;
import java.util.Set;

/**
 * What every {@link Transport} must do, as tests over real sockets on the loopback interface. Extend it and override {@link #start}; the
 * rest says where the transport at hand cannot do as it is told, and each override needs a reason:
 *
 * <pre>{@code
 * class MyTransportTest extends TransportContract {
 *     @Override
 *     public Transport start(TransportSetup setup) { ... }
 * }
 * }</pre>
 *
 * <p>Nothing sleeps; every wait has a condition and gives up loudly after ten seconds.
 *
 * @since 1.0
 */
public abstract class TransportContract
        implements RequestRules,
                UploadRules,
                AnswerRules,
                BodyRules,
                BrokenRules,
                CancelRules,
                PoolRules,
                ConnectRules,
                ProxyRules,
                Http2Rules,
                Http2StreamRules,
                Http2UploadRules,
                CloseRules {

    /** A new transport, set up as told. The test closes it. */
    @Override
    public abstract Transport start(TransportSetup setup) throws Exception;

    /** Header names, in lower case, that the transport adds beyond {@code Host} and framing. Default: none. */
    @Override
    public Set<String> addedHeaders() {
        return Set.of();
    }

    /** Whether header lines go up in the order they were given. Default: yes. Lines of one name keep theirs in any case. */
    @Override
    public boolean keepsHeaderOrder() {
        return true;
    }

    /** What becomes of a raw target on the wire. Default: itself. */
    @Override
    public String onTheWire(String target) {
        return target;
    }

    /** Whether an answer is seen while the request's body is still going up. Default: yes. */
    @Override
    public boolean seesEarlyAnswers() {
        return true;
    }

    /** Whether a thread may go on after the transport that started it was closed. Default: none may. */
    @Override
    public boolean mayOutliveItsTransport(Thread thread) {
        return false;
    }
}
