package io.ccflare.core.anthropic;

import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.record.Usage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

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

    @Override
    public void end() {
        // Nothing was begun.
    }

    @Override
    public boolean whole() {
        return true;
    }

    @Override
    public @Nullable Usage usage() {
        return null;
    }

    @Override
    public boolean usageFinal() {
        return false;
    }

    @Override
    public @Nullable UpstreamError error() {
        return null;
    }

    @Override
    public @Nullable String model() {
        return null;
    }

    @Override
    public @Nullable String stopReason() {
        return null;
    }

    @Override
    public boolean betweenEvents() {
        return false;
    }
}
