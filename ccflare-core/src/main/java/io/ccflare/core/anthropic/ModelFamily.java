package io.ccflare.core.anthropic;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The family of a model, which rate limits are counted by: the first word of letters behind {@code claude}, so that a family that comes
 * later has limits of its own too. {@code claude-opus-4-1}, {@code claude-3-opus-20240229} and {@code anthropic/claude-opus-5} are
 * {@code opus}.
 */
final class ModelFamily {

    private static final String MAKER = "claude-";
    private static final int MAX_LENGTH = 24;

    private ModelFamily() {}

    /** Null when there is no such word, as in {@code claude-2.1}. */
    static @Nullable String of(String model) {
        String name = model.toLowerCase(Locale.ROOT);
        int at = name.indexOf(MAKER);
        if (at < 0) {
            return null;
        }
        for (int from = at + MAKER.length(); from < name.length(); ) {
            int dash = name.indexOf('-', from);
            int to = dash < 0 ? name.length() : dash;
            if (isWord(name, from, to)) {
                return name.substring(from, to);
            }
            from = to + 1;
        }
        return null;
    }

    private static boolean isWord(String name, int from, int to) {
        for (int i = from; i < to; i++) {
            if (name.charAt(i) < 'a' || name.charAt(i) > 'z') {
                return false;
            }
        }
        return to > from && to - from <= MAX_LENGTH;
    }
}
