package io.ccflare.examples;

import io.ccflare.core.Gateway;
import java.util.Map;

/** The SDK over the Vert.x adapter, with two instances of a service, and the JDK's client upstream. */
class VertxSdkTest extends HttpSdkContract {

    @Override
    Service serve(Gateway gateway) {
        VertxService service = VertxService.start(gateway, Map.of(TOKEN, "anna"), 2, 0);
        return service(service.address(), service);
    }
}
