package io.ccflare.api.provider;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An error as a provider told it, in a body or in a stream.
 *
 * @param type the provider's own word, such as {@code overloaded_error}; empty when it could not be read
 * @param message its text for people; null when there was none. Treat it as untrusted text
 * @param code a finer code if the provider has one, such as {@code enforced_spend_limit_reached}; null when there was none
 * @since 1.0
 */
public record UpstreamError(
        String type, @Nullable String message, @Nullable String code) {
    public UpstreamError {
        Objects.requireNonNull(type, "type");
    }
}
