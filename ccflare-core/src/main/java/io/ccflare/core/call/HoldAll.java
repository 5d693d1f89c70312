package io.ccflare.core.call;

import io.ccflare.api.provider.ResponseReader;
import java.nio.ByteBuffer;

/** The reader of an error: nothing commits, so that the body is held until it is judged as a whole. */
final class HoldAll implements ResponseReader {

    @Override
    public State read(ByteBuffer buffer) {
        return State.HOLD;
    }
}
