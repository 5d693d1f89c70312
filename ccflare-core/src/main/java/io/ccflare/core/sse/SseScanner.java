package io.ccflare.core.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccflare.core.json.BufferReader;
import io.ccflare.core.json.ByteConsumer;
import io.ccflare.core.json.ByteSearch;
import io.ccflare.core.json.Utf8Text;
import java.nio.ByteBuffer;

/**
 * Finds the events of a {@code text/event-stream} that comes in segments, split anywhere, by the rules of the HTML standard: lines end with
 * LF, CR LF or CR, one leading byte order mark is skipped, an event without data is none.
 *
 * <p>Nothing is gathered but the name of an event, up to the length of the longest name looked for; data goes through to the sink as it
 * comes, or is skipped. Lines and events may be of any length. Any input is accepted, and nothing is allocated while scanning. Of the
 * fields only {@code event} and {@code data} are read.
 *
 * <p>Not thread-safe. Buffers are only read during the call; their position and limit stay as they are.
 *
 * @since 1.0
 */
public final class SseScanner implements ByteConsumer {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final byte[] LINE_FEED = {'\n'};

    private enum Field {
        EVENT("event"),
        DATA("data"),
        IGNORED("");

        private final String name;

        Field(String name) {
            this.name = name;
        }
    }

    private static final int STREAM_START = 0;
    private static final int LINE_START = 1;
    private static final int FIELD_NAME = 2;
    private static final int OPTIONAL_SPACE = 3;
    private static final int FIELD_VALUE = 4;

    private final SseSink sink;
    private final byte[][] names;
    private final Utf8Text nameText;
    private final BufferReader buffers = new BufferReader();

    private int state = STREAM_START;
    private Field field = Field.IGNORED;
    private int matched;
    private boolean afterCarriageReturn;

    private boolean inEvent;
    private int name = SseSink.UNNAMED;
    private boolean hasData;
    private boolean wanted;
    private boolean whole = true;
    private long events;

    /** A scanner that tells these event names apart, by their index. */
    public SseScanner(SseSink sink, String... names) {
        this.sink = sink;
        this.names = new byte[names.length][];
        int longest = 0;
        for (int i = 0; i < names.length; i++) {
            this.names[i] = names[i].getBytes(UTF_8);
            longest = Math.max(longest, this.names[i].length);
        }
        this.nameText = new Utf8Text(longest);
    }

    /** Whether the stream, if it ended here, would end between events; complete comment lines are no part of one. */
    public boolean atEventBoundary() {
        return !inEvent && (state == LINE_START || (state == STREAM_START && matched == 0));
    }

    /** How many events with data have ended. */
    public long events() {
        return events;
    }

    /** Scans the remaining bytes of a segment. */
    public void feed(ByteBuffer segment) {
        buffers.read(segment, this);
    }

    @Override
    public void feed(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            byte c = bytes[i];
            if (afterCarriageReturn) {
                afterCarriageReturn = false;
                if (c == '\n') {
                    i++;
                    continue;
                }
            }
            i = switch (state) {
                case STREAM_START -> byteOrderMark(c, i);
                case LINE_START -> beginLine(c, i);
                case FIELD_NAME -> fieldName(c, i);
                case OPTIONAL_SPACE -> {
                    state = FIELD_VALUE;
                    yield c == ' ' ? i + 1 : i;
                }
                default -> fieldValue(bytes, i, to);
            };
        }
    }

    private int byteOrderMark(byte c, int i) {
        if (c == BYTE_ORDER_MARK[matched]) {
            if (++matched == BYTE_ORDER_MARK.length) {
                state = LINE_START;
            }
            return i + 1;
        }
        if (matched == 0) {
            state = LINE_START;
        } else {
            // A broken mark is the beginning of a field name that nobody knows.
            inEvent = true;
            state = FIELD_VALUE;
        }
        return i;
    }

    private int beginLine(byte c, int i) {
        if (c == '\n' || c == '\r') {
            endEvent();
            endLine(c);
            return i + 1;
        }
        field = c == 'd' ? Field.DATA : c == 'e' ? Field.EVENT : Field.IGNORED;
        inEvent |= c != ':';
        matched = 1;
        state = field == Field.IGNORED ? FIELD_VALUE : FIELD_NAME;
        return i + 1;
    }

    private int fieldName(byte c, int i) {
        if (matched < field.name.length()) {
            if (c == field.name.charAt(matched)) {
                matched++;
                return i + 1;
            }
        } else if (c == ':') {
            beginValue();
            state = OPTIONAL_SPACE;
            return i + 1;
        } else if (c == '\n' || c == '\r') {
            beginValue();
            state = FIELD_VALUE;
            return i;
        }
        field = Field.IGNORED;
        state = FIELD_VALUE;
        return i;
    }

    private void beginValue() {
        if (field == Field.EVENT) {
            nameText.clear();
            return;
        }
        if (!hasData) {
            hasData = true;
            wanted = sink.wants(name);
        } else if (wanted) {
            sink.data(LINE_FEED, 0, 1);
        }
        whole &= wanted;
    }

    private int fieldValue(byte[] bytes, int i, int to) {
        int stop = ByteSearch.lineEnd(bytes, i, to);
        if (field == Field.EVENT) {
            nameText.append(bytes, i, stop);
        } else if (field == Field.DATA && wanted && stop > i) {
            sink.data(bytes, i, stop);
        }
        if (stop == to) {
            return to;
        }
        if (field == Field.EVENT) {
            name = findName();
            if (hasData) {
                wanted = sink.wants(name);
            }
        }
        endLine(bytes[stop]);
        return stop + 1;
    }

    private int findName() {
        for (int i = 0; i < names.length; i++) {
            if (nameText.contentEquals(names[i])) {
                return i;
            }
        }
        return nameText.length() == 0 && !nameText.truncated() ? SseSink.UNNAMED : SseSink.OTHER;
    }

    private void endLine(byte c) {
        afterCarriageReturn = c == '\r';
        state = LINE_START;
    }

    private void endEvent() {
        boolean hadData = hasData;
        int endedName = name;
        boolean endedWhole = whole;
        inEvent = false;
        name = SseSink.UNNAMED;
        hasData = false;
        wanted = false;
        whole = true;
        if (hadData) {
            events++;
            sink.end(endedName, endedWhole);
        }
    }
}
