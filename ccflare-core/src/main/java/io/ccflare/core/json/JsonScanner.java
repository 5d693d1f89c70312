package io.ccflare.core.json;

import io.ccflare.core.json.LiteralReader.Word;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values on a few {@link JsonPaths} out of one JSON document that comes in segments, split anywhere, and skips the rest.
 *
 * <p>It never throws, whatever the input, runs in linear time, allocates nothing while it scans and keeps no more than one text of bounded
 * length. What it finds before damage is reported; after it nothing is.
 *
 * <p>The whole grammar of RFC 8259 is checked, in skipped values too, save for two things: whether strings are valid UTF-8, and, in values
 * nested deeper than {@value Nesting#CHECKED_DEPTH} levels, anything but strings and the number of brackets. One leading byte order mark is
 * skipped. Repeated keys are no damage.
 *
 * <p>Not thread-safe. Buffers are only read during the call; their position and limit stay as they are.
 *
 * @since 1.0
 */
public final class JsonScanner implements ByteConsumer {

    /** What has been seen of the document. */
    public enum Result {
        /** Exactly one whole value. */
        COMPLETE,
        /** The beginning of a value, or nothing at all. */
        INCOMPLETE,
        /** No JSON, or something behind the value. */
        MALFORMED
    }

    private static final int LONGEST_LONG = 20;

    // Between tokens, where white space may stand.
    private static final int VALUE = 0;
    private static final int ELEMENT_OR_END = 1;
    private static final int KEY_OR_END = 2;
    private static final int KEY = 3;
    private static final int COLON = 4;
    private static final int COMMA_OR_END = 5;
    private static final int DONE = 6;
    // Within tokens.
    private static final int BEGIN = 7;
    private static final int IN_MARK = 8;
    private static final int IN_STRING = 9;
    private static final int IN_KEY = 10;
    private static final int IN_NUMBER = 11;
    private static final int IN_LITERAL = 12;
    private static final int DEEP = 13;
    private static final int DAMAGED = 14;

    private final PathNode root;
    private final JsonSink sink;
    private final BufferReader buffers = new BufferReader();
    private final StringReader strings = new StringReader();
    private final NumberReader numbers = new NumberReader();
    private final LiteralReader literals = new LiteralReader();
    private final Nesting nesting = new Nesting();
    private final DeepSkipper deep = new DeepSkipper(nesting, strings);
    private final Utf8Text text;
    private final Utf8Text key;
    private final RawSpans raws;

    private long tracked; // how many of the open containers, from the outermost, have a place in the tree of paths
    private int state;

    private @Nullable PathNode next; // place of the value that comes next, if it has one
    private @Nullable PathNode open; // place of the innermost value that has begun and has one
    private @Nullable Utf8Text target; // where the current string or number goes

    /**
     * A scanner that reports strings and numbers of up to {@code maxTextBytes} bytes whole, and longer ones truncated.
     *
     * @throws IllegalArgumentException if {@code maxTextBytes} is less than 20, the length of the longest long
     */
    public JsonScanner(JsonPaths paths, int maxTextBytes, JsonSink sink) {
        if (maxTextBytes < LONGEST_LONG) {
            throw new IllegalArgumentException(
                    "maxTextBytes must be at least " + LONGEST_LONG + ", is " + maxTextBytes);
        }
        this.root = paths.root;
        this.sink = sink;
        this.text = new Utf8Text(maxTextBytes);
        this.key = new Utf8Text(paths.longestKey);
        this.raws = new RawSpans(paths, sink);
        reset();
    }

    /** Forgets everything: the next byte is the first of a new document. */
    public void reset() {
        state = BEGIN;
        nesting.reset();
        tracked = 0;
        next = root;
        open = null;
        strings.reset();
        deep.reset();
    }

    /** Scans the remaining bytes of a segment. */
    public void feed(ByteBuffer segment) {
        buffers.read(segment, this);
    }

    @Override
    public void feed(byte[] bytes, int from, int to) {
        raws.segmentBegins(from);
        int stop = scan(bytes, from, to);
        raws.segmentEnds(open, bytes, stop);
    }

    /** Says that the document is over. A number that ends with the document is reported now. */
    public Result finish() {
        if (state == IN_NUMBER && nesting.depth() == 0 && numbers.isWhole()) {
            endNumber(new byte[0], 0);
            state = DONE;
        }
        return switch (state) {
            case DONE -> Result.COMPLETE;
            case DAMAGED -> Result.MALFORMED;
            default -> Result.INCOMPLETE;
        };
    }

    /** Returns {@code end}, or the index of the byte that cannot stand where it does. */
    private int scan(byte[] bytes, int from, int end) {
        int i = from;
        while (i < end) {
            if (state > DONE) {
                if (state == DAMAGED) {
                    return i;
                }
                i = goOn(bytes, i, end);
                continue;
            }
            byte c = bytes[i];
            if (c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
                i++;
                continue;
            }
            switch (state) {
                case COMMA_OR_END -> {
                    if (c == ',') {
                        state = nesting.inObject() ? KEY : VALUE;
                        next = nesting.inObject() || tracked < nesting.depth() ? null : element();
                        i++;
                    } else {
                        i = close(c, bytes, i);
                    }
                }
                case KEY_OR_END, KEY -> {
                    if (c == '"') {
                        i = beginKey(bytes, i + 1, end);
                    } else {
                        i = state == KEY ? damage(i) : close(c, bytes, i);
                    }
                }
                case COLON -> {
                    if (c != ':') {
                        return damage(i);
                    }
                    state = VALUE;
                    i++;
                }
                case ELEMENT_OR_END -> i = c == ']' ? close(c, bytes, i) : beginValue(c, bytes, i, end);
                case VALUE -> i = beginValue(c, bytes, i, end);
                default -> i = damage(i);
            }
        }
        return i;
    }

    /** Goes on with a token that an earlier segment, or the last step, has begun. */
    private int goOn(byte[] bytes, int i, int end) {
        return switch (state) {
            case BEGIN -> {
                literals.begin(Word.BYTE_ORDER_MARK);
                state = bytes[i] == Word.BYTE_ORDER_MARK.first() ? IN_MARK : VALUE;
                yield i;
            }
            case IN_MARK -> byteOrderMark(bytes, i, end);
            case IN_STRING -> string(bytes, i, end);
            case IN_KEY -> key(bytes, i, end);
            case IN_NUMBER -> number(bytes, i, end);
            case IN_LITERAL -> literal(bytes, i, end);
            default -> skipDeep(bytes, i, end);
        };
    }

    private int beginValue(byte c, byte[] bytes, int i, int end) {
        return switch (c) {
            case '{', '[' -> {
                begin(i);
                yield openContainer(c == '{', i + 1);
            }
            case '"' -> {
                begin(i);
                yield string(bytes, i + 1, end);
            }
            case 't' -> beginLiteral(Word.TRUE, bytes, i, end);
            case 'f' -> beginLiteral(Word.FALSE, bytes, i, end);
            case 'n' -> beginLiteral(Word.NULL, bytes, i, end);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
                begin(i);
                numbers.reset();
                yield number(bytes, i, end);
            }
            default -> damage(i);
        };
    }

    private void begin(int at) {
        target = null;
        if (next != null) {
            open = next;
            raws.begin(next, at);
            if (next.path != PathNode.NONE) {
                text.clear();
                target = text;
            }
        }
    }

    /** A value ends before {@code end}; says what comes next. */
    private void endValue(boolean hasPlace, byte[] bytes, int end) {
        if (hasPlace && open != null) {
            raws.end(open, bytes, end);
            open = open.parent;
        }
        state = nesting.depth() == 0 ? DONE : COMMA_OR_END;
    }

    private int openContainer(boolean object, int after) {
        if (next != null) {
            tracked = nesting.depth() + 1;
            if (next.path != PathNode.NONE) {
                sink.start(next.path, object);
            }
        }
        nesting.open(object);
        if (!nesting.isChecked()) {
            state = DEEP;
            return after;
        }
        state = object ? KEY_OR_END : ELEMENT_OR_END;
        next = object || tracked < nesting.depth() ? null : element();
        return after;
    }

    private @Nullable PathNode element() {
        return open == null ? null : open.element;
    }

    private int close(byte c, byte[] bytes, int i) {
        if (c != (nesting.inObject() ? '}' : ']')) {
            return damage(i);
        }
        boolean hasPlace = tracked == nesting.depth();
        nesting.close();
        if (hasPlace) {
            tracked = nesting.depth();
            if (open != null && open.path != PathNode.NONE) {
                sink.end(open.path);
            }
        }
        endValue(hasPlace, bytes, i + 1);
        return i + 1;
    }

    private int beginKey(byte[] bytes, int i, int end) {
        PathNode object = tracked < nesting.depth() ? null : open;
        if (object == null || object.children.length == 0) {
            target = null;
            return key(bytes, i, end);
        }
        int stop = ByteSearch.plainEnd(bytes, i, end);
        if (stop < end && bytes[stop] == '"') {
            next = object.child(bytes, i, stop);
            state = COLON;
            return stop + 1;
        }
        key.clear();
        target = key;
        return key(bytes, i, end);
    }

    private int key(byte[] bytes, int i, int end) {
        int after = strings.read(bytes, i, end, target);
        if (after < 0) {
            return cut(after, IN_KEY, end);
        }
        next = target == null || open == null ? null : open.child(key);
        state = COLON;
        return after;
    }

    private int string(byte[] bytes, int i, int end) {
        int after = strings.read(bytes, i, end, target);
        if (after < 0) {
            return cut(after, IN_STRING, end);
        }
        if (target != null && open != null) {
            sink.string(open.path, text);
        }
        endValue(next != null, bytes, after);
        return after;
    }

    private int cut(int after, int inToken, int end) {
        if (after != StringReader.MORE) {
            return damage(StringReader.damageAt(after));
        }
        state = inToken;
        return end;
    }

    private int number(byte[] bytes, int i, int end) {
        int after = numbers.read(bytes, i, end);
        if (target != null) {
            target.append(bytes, i, after);
        }
        if (after == end) {
            state = IN_NUMBER;
            return end;
        }
        if (!numbers.isWhole()) {
            return damage(after);
        }
        endNumber(bytes, after);
        return after;
    }

    private void endNumber(byte[] bytes, int after) {
        if (target != null && open != null) {
            if (numbers.isInteger() && text.isLong()) {
                sink.integer(open.path, text.toLong());
            } else {
                sink.number(open.path, text);
            }
        }
        endValue(next != null, bytes, after);
    }

    private int beginLiteral(Word word, byte[] bytes, int i, int end) {
        begin(i);
        literals.begin(word);
        return literal(bytes, i, end);
    }

    private int literal(byte[] bytes, int i, int end) {
        int after = literals.read(bytes, i, end);
        if (after < 0) {
            return cut(after, IN_LITERAL, end);
        }
        if (target != null && open != null) {
            if (literals.word() == Word.NULL) {
                sink.nullValue(open.path);
            } else {
                sink.bool(open.path, literals.word() == Word.TRUE);
            }
        }
        endValue(next != null, bytes, after);
        return after;
    }

    private int byteOrderMark(byte[] bytes, int i, int end) {
        int after = literals.read(bytes, i, end);
        if (after < 0) {
            return cut(after, IN_MARK, end);
        }
        state = VALUE;
        return after;
    }

    private int skipDeep(byte[] bytes, int i, int end) {
        int after = deep.read(bytes, i, end);
        if (after < 0) {
            return cut(after, DEEP, end);
        }
        state = COMMA_OR_END;
        return after;
    }

    private int damage(int at) {
        state = DAMAGED;
        return at;
    }
}
