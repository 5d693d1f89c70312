package io.ccflare.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers all that is wrong with a configuration, to tell it at once. */
final class Checks {

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
    }

    void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            problems.add(name + " must not be negative, not " + value);
        }
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
