package io.ccflare.core.anthropic;

import io.ccflare.core.json.ByteConsumer;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates gzip (RFC 1952, any number of members) or deflate (RFC 1950, or bare RFC 1951 as some servers send it), split anywhere, in
 * pieces of 2 KiB. Checksums are left to the receiver. Damage ends it; what came before has been handed over.
 */
final class Inflation {

    private static final byte[] NOTHING = {};
    private static final int[] GZIP_BEGINS = {0x1f, 0x8b, 8};
    private static final int FIXED_HEADER_LENGTH = 10;
    private static final int FLAGS_AT = 3;
    private static final int HAS_CHECK = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int TRAILER_LENGTH = 8;

    private enum Part {
        HEADER,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        CHECK,
        CONTENT,
        TRAILER,
        END
    }

    private final boolean gzip;
    private final ByteConsumer consumer;
    private final byte[] plain = new byte[2048];
    private @Nullable Inflater inflater;
    private Part part;
    private int at; // bytes of the part seen so far
    private int flags;
    private int extraLength;
    private boolean secondMember;
    private boolean damaged;

    Inflation(boolean gzip, ByteConsumer consumer) {
        this.gzip = gzip;
        this.consumer = consumer;
        this.part = gzip ? Part.HEADER : Part.CONTENT;
    }

    void feed(ByteBuffer buffer) {
        ByteBuffer in = buffer.duplicate();
        while (in.hasRemaining() && part != Part.END) {
            if (part == Part.CONTENT) {
                inflate(in);
            } else {
                frame(in.get() & 0xff);
            }
        }
    }

    boolean damaged() {
        return damaged;
    }

    void close() {
        part = Part.END;
        if (inflater != null) {
            inflater.end();
            inflater = null;
        }
    }

    private void inflate(ByteBuffer in) {
        if (inflater == null) {
            // zlib's header has 8 in its low half; no encoder begins a bare block so.
            boolean bare = gzip || (in.get(in.position()) & 0x0f) != 8;
            inflater = new Inflater(bare);
        }
        Inflater running = inflater;
        running.setInput(in);
        try {
            while (true) {
                int length = running.inflate(plain);
                if (length > 0) {
                    consumer.feed(plain, 0, length);
                } else if (running.finished()) {
                    endContent(running);
                    return;
                } else if (in.hasRemaining()) {
                    fail(); // it wants a dictionary
                    return;
                } else {
                    running.setInput(NOTHING);
                    return;
                }
            }
        } catch (DataFormatException damage) {
            fail();
        }
    }

    private void endContent(Inflater running) {
        if (gzip) {
            running.reset();
            enter(Part.TRAILER);
        } else {
            close();
        }
    }

    private void frame(int b) {
        switch (part) {
            case HEADER -> header(b);
            case EXTRA_LENGTH -> {
                extraLength |= b << 8 * at;
                if (++at == 2) {
                    enter(extraLength == 0 ? after(Part.EXTRA) : Part.EXTRA);
                }
            }
            case EXTRA -> {
                if (++at == extraLength) {
                    enter(after(Part.EXTRA));
                }
            }
            case NAME, COMMENT -> {
                if (b == 0) {
                    enter(after(part));
                }
            }
            case CHECK -> {
                if (++at == 2) {
                    enter(Part.CONTENT);
                }
            }
            default -> {
                if (++at == TRAILER_LENGTH) {
                    secondMember = true;
                    enter(Part.HEADER);
                }
            }
        }
    }

    private void header(int b) {
        if (at < GZIP_BEGINS.length && b != GZIP_BEGINS[at]) {
            if (secondMember && at == 0) {
                close(); // padding behind the last member
            } else {
                fail();
            }
            return;
        }
        if (at == FLAGS_AT) {
            flags = b;
            extraLength = 0;
        }
        if (++at == FIXED_HEADER_LENGTH) {
            enter(after(Part.HEADER));
        }
    }

    /** The part that follows, by the flags of the member. */
    private Part after(Part ended) {
        return switch (ended) {
            case HEADER -> (flags & HAS_EXTRA) != 0 ? Part.EXTRA_LENGTH : after(Part.EXTRA);
            case EXTRA -> (flags & HAS_NAME) != 0 ? Part.NAME : after(Part.NAME);
            case NAME -> (flags & HAS_COMMENT) != 0 ? Part.COMMENT : after(Part.COMMENT);
            case COMMENT -> (flags & HAS_CHECK) != 0 ? Part.CHECK : Part.CONTENT;
            default -> Part.CONTENT;
        };
    }

    private void enter(Part next) {
        part = next;
        at = 0;
    }

    private void fail() {
        damaged = true;
        close();
    }
}
