package io.ccflare.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers all that is wrong with a configuration, to tell it at once. */
final class Checks {

    /** Longer ones do not fit into the nanoseconds that timers count. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final String what;
    private final List<String> problems = new ArrayList<>();
    private @Nullable Throwable cause;

    Checks(String what) {
        this.what = what;
    }

    void problem(String sentence) {
        problems.add(sentence);
    }

    void positive(String name, long value) {
        if (value <= 0) {
            problems.add(name + " must be more than zero, not " + value);
        }
    }

    void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            problems.add(name + " must be longer than zero, not " + value);
        }
        countable(name, value);
    }

    private void countable(String name, Duration value) {
        if (value.compareTo(LONGEST) > 0) {
            problems.add(name + " must not be longer than " + LONGEST.toDays() + " days, not " + value);
        }
    }

    void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            problems.add(name + " must not be negative, not " + value);
        }
        countable(name, value);
    }

    /** What made the last problem known. */
    void cause(Throwable cause) {
        this.cause = cause;
    }

    /** @throws ConfigurationException if anything was wrong */
    void done() {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(what, problems, cause);
        }
    }
}
