package io.ccflare.testkit.adapter;

import io.ccflare.api.http.GatewayHandler;
import java.util.List;
import java.util.Map;

/** What the rules need to know of the host under test. */
interface AdapterHost {

    Host start(Map<String, GatewayHandler> mounts) throws Exception;

    List<String> methods();

    boolean noticesSilentHangUp();

    boolean keepsConnectionsAfterErrors();

    default Host start(GatewayHandler handler) throws Exception {
        return open(Map.of("/v1", handler));
    }

    /** A host that, when it is closed, has let go of every response that it was handed. */
    default Host open(Map<String, GatewayHandler> mounts) throws Exception {
        Ledger ledger = new Ledger();
        Host host = start(ledger.watch(mounts));
        return new Host() {
            @Override
            public int port() {
                return host.port();
            }

            @Override
            public void close() throws Exception {
                host.close();
                ledger.check();
            }
        };
    }
}
