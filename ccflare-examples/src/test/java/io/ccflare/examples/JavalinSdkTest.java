package io.ccflare.examples;

import io.ccflare.core.Gateway;
import java.util.Map;

/** The SDK over the Javalin adapter, in the notes service. */
class JavalinSdkTest extends HttpSdkContract {

    @Override
    Service serve(Gateway gateway) {
        NotesService service = NotesService.start(gateway, Map.of(TOKEN, "anna"), 0);
        return service(service.address(), service);
    }
}
