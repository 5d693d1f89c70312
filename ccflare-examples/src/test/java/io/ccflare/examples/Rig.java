package io.ccflare.examples;

import io.ccflare.core.GatewayBuilder;
import io.ccflare.fake.Fault;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The notes service in front of a {@link Pool}. */
final class Rig extends Pool {

    static final String TOKEN = "annas-token";

    final NotesService service;

    Rig(int accounts) {
        this(accounts, builder -> builder);
    }

    Rig(int accounts, UnaryOperator<GatewayBuilder> configured) {
        this(accounts, Fault.NONE, configured);
    }

    /** The first account meets the fault with every request. */
    Rig(int accounts, Fault ofTheFirst, UnaryOperator<GatewayBuilder> configured) {
        super(accounts, ofTheFirst, configured);
        service = NotesService.start(gateway, Map.of(TOKEN, "anna", "bens-token", "ben"), 0);
    }

    @Override
    public void close() {
        service.close();
        super.close();
    }
}
