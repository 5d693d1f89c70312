package io.ccflare.core.anthropic;

import io.ccflare.api.provider.UpstreamError;
import io.ccflare.core.json.JsonPaths;
import io.ccflare.core.json.JsonScanner;
import io.ccflare.core.json.JsonSink;
import io.ccflare.core.json.Utf8Text;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the data of one event of a message stream after another: what of them lasts, and what is asked of the current one. */
final class MessageEvent implements JsonSink {

    private static final int LATER_USAGE = UsageTally.FIELDS;
    private static final int TYPE = 2 * UsageTally.FIELDS;
    private static final int MODEL = TYPE + 1;
    private static final int STOP_REASON = TYPE + 2;
    private static final int ERROR_TYPE = TYPE + 3;
    private static final int ERROR_MESSAGE = TYPE + 4;
    private static final int ERROR_CODE = TYPE + 5;
    private static final int FIRST_CONTENT_TYPE = TYPE + 6;
    private static final int LAST_CONTENT_TYPE = TYPE + 7;

    private static final JsonPaths PATHS = JsonPaths.of(Stream.of(
                    UsageTally.paths("message.usage"),
                    UsageTally.paths("usage"),
                    Stream.of("type", "message.model", "delta.stop_reason"),
                    Stream.of("error.type", "error.message", "error.details.error_code"),
                    Stream.of("content_block.type", "delta.type"),
                    Stream.of("content_block.text", "content_block.thinking", "delta.text", "delta.thinking"))
            .flatMap(paths -> paths)
            .toArray(String[]::new));

    /** Kinds of content that may be empty at first. */
    private static final List<byte[]> TEXTS = Stream.of("text", "thinking", "text_delta", "thinking_delta")
            .map(type -> type.getBytes(StandardCharsets.UTF_8))
            .toList();

    private static final int MAX_TEXT = 256;

    final JsonScanner scanner = new JsonScanner(PATHS, MAX_TEXT, this);
    private final UsageTally tally = new UsageTally();
    private final byte[][] names;
    private @Nullable String model;
    private @Nullable String stopReason;

    private int name;
    private boolean outputTold;
    private boolean textual;
    private boolean hasText;
    private @Nullable String errorType;
    private @Nullable String errorMessage;
    private @Nullable String errorCode;

    /** @param names the event names that {@link #name()} tells apart, in UTF-8 */
    MessageEvent(byte[][] names) {
        this.names = names;
    }

    void begin() {
        scanner.reset();
        name = -1;
        outputTold = false;
        textual = false;
        hasText = false;
    }

    /** The index of the name that the data itself tells; -1 for any other. */
    int name() {
        return name;
    }

    /** Whether the current event told usage that replaces what a stream begins with. */
    boolean toldLaterUsage() {
        return outputTold;
    }

    /** Whether the current event, known to be whole, only opens or continues a text without adding to it. */
    boolean bare() {
        return textual && !hasText;
    }

    UpstreamError error() {
        return new UpstreamError(errorType == null ? "" : errorType, errorMessage, errorCode);
    }

    UsageTally tally() {
        return tally;
    }

    @Nullable
    String model() {
        return model;
    }

    @Nullable
    String stopReason() {
        return stopReason;
    }

    @Override
    public void integer(int path, long value) {
        if (path < LATER_USAGE) {
            tally.count(path, value);
        } else if (path < TYPE) {
            outputTold |= tally.count(path - LATER_USAGE, value);
        }
    }

    @Override
    public void string(int path, Utf8Text text) {
        if (path < TYPE) {
            tally.text(path % LATER_USAGE, text);
            return;
        }
        switch (path) {
            case TYPE -> name = indexOf(text);
            case MODEL -> model = text.truncated() ? null : text.toString();
            case STOP_REASON -> stopReason = text.toString();
            case ERROR_TYPE -> errorType = text.toString();
            case ERROR_MESSAGE -> errorMessage = text.toString();
            case ERROR_CODE -> errorCode = text.toString();
            case FIRST_CONTENT_TYPE, LAST_CONTENT_TYPE ->
                textual = TEXTS.stream().anyMatch(text::contentEquals);
            default -> hasText |= text.length() > 0;
        }
    }

    private int indexOf(Utf8Text text) {
        for (int i = 0; i < names.length; i++) {
            if (text.contentEquals(names[i])) {
                return i;
            }
        }
        return -1;
    }
}
