package io.ccflare.testkit.adapter;

import io.ccflare.api.http.GatewayHandler;
import java.util.List;
import java.util.Map;

/** What the rules need to know of the host under test. */
interface AdapterHost {

    Host start(Map<String, GatewayHandler> mounts) throws Exception;

    List<String> methods();

    boolean noticesSilentHangUp();

    default Host start(GatewayHandler handler) throws Exception {
        return start(Map.of("/v1", handler));
    }
}
