package io.ccflare.core.memory;

import io.ccflare.api.state.SharedState;
import io.ccflare.testkit.SharedStateContract;

class InMemorySharedStateTest extends SharedStateContract {

    @Override
    protected SharedState state() {
        return new InMemorySharedState();
    }
}
