package io.ccflare.core.json;

/** Skips what is nested too deep to be checked: counts brackets outside strings, and nothing else. */
final class DeepSkipper {

    private final Nesting nesting;
    private final StringReader strings;
    private boolean inString;

    DeepSkipper(Nesting nesting, StringReader strings) {
        this.nesting = nesting;
        this.strings = strings;
    }

    void reset() {
        inString = false;
    }

    /** Goes on until the depth is one that is checked; results as those of {@link StringReader#read}. */
    int read(byte[] bytes, int from, int end) {
        int i = from;
        while (i < end) {
            if (inString) {
                i = strings.read(bytes, i, end, null);
                if (i < 0) {
                    return i;
                }
                inString = false;
                continue;
            }
            switch (bytes[i++]) {
                case '"' -> inString = true;
                case '{', '[' -> nesting.open(false);
                case '}', ']' -> {
                    nesting.close();
                    if (nesting.isChecked()) {
                        return i;
                    }
                }
                default -> {}
            }
        }
        return StringReader.MORE;
    }
}
