package io.ccflare.store.jdbc;

import io.ccflare.api.record.Skipped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Skipped accounts as text for one column: a line each, with id, name, standing and end (milliseconds since the epoch, or nothing)
 * between tabs.
 */
final class SkippedText {

    private SkippedText() {}

    static @Nullable String of(List<Skipped> skipped) {
        if (skipped.isEmpty()) {
            return null;
        }
        return skipped.stream().map(SkippedText::line).collect(Collectors.joining("\n"));
    }

    static List<Skipped> parse(@Nullable String text) {
        List<Skipped> skipped = new ArrayList<>();
        if (text != null) {
            for (String line : text.split("\n", -1)) {
                String[] parts = line.split("\t", -1);
                Instant until = parts[3].isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(parts[3]));
                skipped.add(new Skipped(unescape(parts[0]), unescape(parts[1]), unescape(parts[2]), until));
            }
        }
        return skipped;
    }

    private static String line(Skipped skipped) {
        Instant until = skipped.until();
        return String.join(
                "\t",
                escape(skipped.accountId()),
                escape(skipped.accountName()),
                escape(skipped.standing()),
                until == null ? "" : Long.toString(until.toEpochMilli()));
    }

    private static String escape(String text) {
        return text.replace("%", "%25").replace("\t", "%09").replace("\n", "%0A");
    }

    private static String unescape(String text) {
        return text.replace("%0A", "\n").replace("%09", "\t").replace("%25", "%");
    }
}
