package io.ccflare.core.json;

/** Which containers are open, and whether each of the outermost {@value #CHECKED_DEPTH} is an object or an array. */
final class Nesting {

    static final int CHECKED_DEPTH = 1024;

    private final long[] objects =
            new long[CHECKED_DEPTH / Long.SIZE]; // bit n: the container n levels down is an object
    private long depth; // no input is long enough to make it wrap around
    private boolean inObject;

    void reset() {
        depth = 0;
        inObject = false;
    }

    long depth() {
        return depth;
    }

    /** Whether the innermost container is an object; unknown below the checked depth. */
    boolean inObject() {
        return inObject;
    }

    boolean isChecked() {
        return depth <= CHECKED_DEPTH;
    }

    void open(boolean object) {
        if (depth < CHECKED_DEPTH) {
            int word = (int) depth >>> 6;
            long bit = 1L << depth;
            objects[word] = object ? objects[word] | bit : objects[word] & ~bit;
            inObject = object;
        }
        depth++;
    }

    void close() {
        depth--;
        if (depth <= CHECKED_DEPTH) {
            int parent = (int) depth - 1;
            inObject = parent >= 0 && (objects[parent >>> 6] >>> parent & 1) != 0;
        }
    }
}
