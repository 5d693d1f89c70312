package io.ccflare.core.anthropic;

import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.record.Usage;
import io.ccflare.core.json.JsonPaths;
import io.ccflare.core.json.JsonScanner;
import io.ccflare.core.json.JsonSink;
import io.ccflare.core.json.Utf8Text;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a message that comes as one JSON document: its first byte commits. */
final class DocumentReader implements ResponseReader, JsonSink {

    private static final int MODEL = UsageTally.FIELDS;
    private static final JsonPaths PATHS =
            JsonPaths.of(Stream.concat(UsageTally.paths("usage"), Stream.of("model", "stop_reason"))
                    .toArray(String[]::new));
    private static final int MAX_TEXT = 256;

    private final UsageTally tally = new UsageTally();
    private final JsonScanner document = new JsonScanner(PATHS, MAX_TEXT, this);
    private final Decoding decoding;
    private State state = State.HOLD;
    private JsonScanner.Result result = JsonScanner.Result.INCOMPLETE;
    private @Nullable String model;
    private @Nullable String stopReason;

    DocumentReader(Headers headers) {
        this.decoding = new Decoding(headers, document);
    }

    @Override
    public State read(ByteBuffer buffer) {
        if (buffer.hasRemaining()) {
            state = State.COMMITTED;
            decoding.feed(buffer);
        }
        return state;
    }

    @Override
    public void end() {
        result = document.finish();
        decoding.close();
    }

    /** Only a document that stops short is not whole; what is no JSON, or could not be read, may be. */
    @Override
    public boolean whole() {
        return result != JsonScanner.Result.INCOMPLETE || decoding.blind();
    }

    @Override
    public @Nullable Usage usage() {
        return tally.usage();
    }

    @Override
    public boolean usageFinal() {
        return result == JsonScanner.Result.COMPLETE && tally.usage() != null;
    }

    @Override
    public @Nullable UpstreamError error() {
        return null;
    }

    @Override
    public @Nullable String model() {
        return model;
    }

    @Override
    public @Nullable String stopReason() {
        return stopReason;
    }

    @Override
    public boolean betweenEvents() {
        return false;
    }

    @Override
    public void integer(int path, long value) {
        if (path < MODEL) {
            tally.count(path, value);
        }
    }

    @Override
    public void string(int path, Utf8Text text) {
        if (path < MODEL) {
            tally.text(path, text);
        } else if (path == MODEL) {
            model = text.truncated() ? null : text.toString();
        } else {
            stopReason = text.toString();
        }
    }
}
