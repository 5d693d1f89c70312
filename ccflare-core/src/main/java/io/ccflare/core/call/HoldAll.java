package io.ccflare.core.call;

import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.record.Usage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The reader of an error: nothing commits, so that the body is held until it is judged as a whole. */
final class HoldAll implements ResponseReader {

    @Override
    public State read(ByteBuffer buffer) {
        return State.HOLD;
    }

    @Override
    public void end() {
        // The body is judged elsewhere.
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
