package io.ccflare.core.anthropic;

import io.ccflare.api.provider.ResponseReader;
import java.nio.ByteBuffer;

/** Lets a body pass unread: its first byte commits. */
final class OpaqueReader implements ResponseReader {

    private State state = State.HOLD;

    @Override
    public State read(ByteBuffer buffer) {
        if (buffer.hasRemaining()) {
            state = State.COMMITTED;
        }
        return state;
    }
}
