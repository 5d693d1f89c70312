package io.ccflare.testkit.adapter;

import io.ccflare.api.http.GatewayHandler;
import java.util.List;
import java.util.Map;

/**
 * What every adapter must do, as tests over real sockets. Extend it and override {@link #start}; the rest says what the host at hand cannot
 * do:
 *
 * <pre>{@code
 * class MyAdapterTest extends AdapterContract {
 *     @Override
 *     public Host start(Map<String, GatewayHandler> mounts) { ... }
 * }
 * }</pre>
 *
 * <p>Nothing sleeps; every wait has a condition and gives up loudly after ten seconds.
 *
 * @since 1.0
 */
public abstract class AdapterContract
        implements PathRules,
                RequestRules,
                BodyRules,
                ResponseRules,
                BatchRules,
                StreamRules,
                LoadRules,
                BrokenRules,
                FaultRules,
                HangUpRules,
                HostRules,
                StopRules {

    /**
     * Starts a host on 127.0.0.1 that mounts each handler at its path ({@code /} is the root). Beside them it has a route of its
     * own, {@code GET
     * /own}, that answers 200 with the body {@code own}, and it takes who asks from the request header {@code x-user}, where there is one.
     *
     * @param mounts to be mounted in the map's order, in which a mount below another comes first: there are hosts that ask in turn
     */
    @Override
    public abstract Host start(Map<String, GatewayHandler> mounts) throws Exception;

    /** Methods that reach the handler. Default: those of HTTP and one of WebDAV. */
    @Override
    public List<String> methods() {
        return List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND");
    }

    /** Whether a hang-up is noticed while nothing is written. Default: yes. */
    @Override
    public boolean noticesSilentHangUp() {
        return true;
    }

    /** Whether a connection lives on after an answer with an error status. Default: yes. A host may announce its end of its own accord. */
    @Override
    public boolean keepsConnectionsAfterErrors() {
        return true;
    }
}
