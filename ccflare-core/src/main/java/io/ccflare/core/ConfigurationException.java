package io.ccflare.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gateway was configured in a way that cannot work. Tells all problems at once, each with what to do; never a secret.
 *
 * @since 1.0
 */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    /**
     * @param what was configured, as the subject of a sentence
     * @param problems one sentence each
     * @param cause what made one of them known; null when there is none
     */
    public ConfigurationException(String what, List<String> problems, @Nullable Throwable cause) {
        super(
                what + " cannot be used, " + (problems.size() == 1 ? "1 problem" : problems.size() + " problems")
                        + ":\n - " + String.join("\n - ", problems),
                cause);
        this.problems = List.copyOf(problems);
    }

    /** One sentence each, in the order they were found. */
    public List<String> problems() {
        return problems;
    }
}
