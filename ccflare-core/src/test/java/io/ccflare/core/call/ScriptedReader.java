package io.ccflare.core.call;

import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.record.Usage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Commits at the first byte {@code C}, fails at the first byte {@code F}, is whole after a byte {@code W}; between events after a
 * {@code |}.
 */
final class ScriptedReader implements ResponseReader {

    private State state = State.HOLD;
    private boolean whole;
    private byte last;

    @Override
    public State read(ByteBuffer buffer) {
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            last = buffer.get(i);
            whole |= last == 'W';
            if (state == State.HOLD && last == 'C') {
                state = State.COMMITTED;
            } else if (state == State.HOLD && last == 'F') {
                state = State.FAILED;
            }
        }
        return state;
    }

    @Override
    public void end() {
        // What was seen is known.
    }

    @Override
    public boolean whole() {
        return whole;
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
        return last == '|';
    }
}
