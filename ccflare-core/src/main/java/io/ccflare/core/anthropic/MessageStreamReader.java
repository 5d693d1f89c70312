package io.ccflare.core.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.record.Usage;
import io.ccflare.core.json.JsonScanner;
import io.ccflare.core.sse.SseScanner;
import io.ccflare.core.sse.SseSink;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream.
 *
 * <p>{@code message_start}, {@code ping}, comments, and text or thinking without a character in it are held back; an {@code error} before
 * anything else fails the response. All else commits it, events that are not known included: nobody can say that a caller would not miss
 * them. An event is known by its name, or where a stream names none by the {@code type} in its data.
 */
final class MessageStreamReader implements ResponseReader, SseSink {

    private static final int START = 0;
    private static final int DELTA = 1;
    private static final int STOP = 2;
    private static final int BLOCK_START = 3;
    private static final int BLOCK_DELTA = 4;
    private static final int PING = 5;
    private static final int ERROR = 6;
    private static final String[] NAMES = {
        "message_start", "message_delta", "message_stop", "content_block_start", "content_block_delta", "ping", "error"
    };

    private static final byte[][] NAMES_UTF_8 =
            Stream.of(NAMES).map(name -> name.getBytes(UTF_8)).toArray(byte[][]::new);

    private final boolean metered;
    private final MessageEvent event = new MessageEvent(NAMES_UTF_8);
    private final SseScanner events = new SseScanner(this, NAMES);
    private final Decoding decoding;
    private State state = State.HOLD;
    private boolean stopped;
    private boolean usageFinal;
    private @Nullable UpstreamError error;

    /** @param metered whether it is a stream of messages, which has a last event and tells usage */
    MessageStreamReader(Headers headers, boolean metered) {
        this.metered = metered;
        this.decoding = new Decoding(headers, events);
    }

    @Override
    public State read(ByteBuffer buffer) {
        decoding.feed(buffer);
        if (state == State.HOLD && decoding.blind() && buffer.hasRemaining()) {
            state = State.COMMITTED;
        }
        return state;
    }

    @Override
    public void end() {
        decoding.close();
    }

    /** True too for what could not be read: it may be whole. */
    @Override
    public boolean whole() {
        return !metered || stopped || decoding.blind();
    }

    @Override
    public @Nullable Usage usage() {
        return metered ? event.tally().usage() : null;
    }

    @Override
    public boolean usageFinal() {
        return metered && usageFinal;
    }

    @Override
    public @Nullable UpstreamError error() {
        return error;
    }

    @Override
    public @Nullable String model() {
        return event.model();
    }

    @Override
    public @Nullable String stopReason() {
        return event.stopReason();
    }

    @Override
    public boolean betweenEvents() {
        return decoding.plain() && events.atEventBoundary();
    }

    /** Content is read only until the first of it is found. */
    @Override
    public boolean wants(int name) {
        boolean wanted = name == START
                || name == DELTA
                || name == ERROR
                || name == UNNAMED
                || state == State.HOLD && (name == BLOCK_START || name == BLOCK_DELTA);
        if (wanted) {
            event.begin();
        }
        return wanted;
    }

    @Override
    public void data(byte[] bytes, int from, int to) {
        event.scanner.feed(bytes, from, to);
    }

    @Override
    public void end(int name, boolean whole) {
        boolean readable = whole && event.scanner.finish() == JsonScanner.Result.COMPLETE;
        int kind = name == UNNAMED ? event.name() : name;
        if (kind == ERROR && error == null) {
            error = event.error();
        }
        if (kind == STOP) {
            stopped = true;
        }
        if (kind == DELTA && readable && event.toldLaterUsage()) {
            usageFinal = true;
        }
        if (state == State.HOLD) {
            state = next(kind, readable);
        }
    }

    private State next(int kind, boolean readable) {
        return switch (kind) {
            case START, PING -> State.HOLD;
            case BLOCK_START, BLOCK_DELTA -> readable && event.bare() ? State.HOLD : State.COMMITTED;
            case ERROR -> State.FAILED;
            default -> State.COMMITTED;
        };
    }
}
