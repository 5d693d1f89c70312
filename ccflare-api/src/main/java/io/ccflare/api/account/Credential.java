package io.ccflare.api.account;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an account proves itself with. Immutable; its text never shows a secret.
 *
 * @since 1.0
 */
public sealed interface Credential {

    /** An API key credential from its text. */
    static Credential apiKey(String key) {
        return new ApiKey(Secret.of(key));
    }

    /**
     * A key that the provider issued for programs.
     *
     * @param key the key
     */
    record ApiKey(Secret key) implements Credential {
        public ApiKey {
            Objects.requireNonNull(key, "key");
        }
    }

    /**
     * Tokens from an OAuth sign-in.
     *
     * @param access sent with every request
     * @param refresh buys the next access token; null when the sign-in gave none
     * @param expiresAt when {@code access} ends; null when unknown
     */
    record OAuth(
            Secret access,
            @Nullable Secret refresh,
            @Nullable Instant expiresAt) implements Credential {
        public OAuth {
            Objects.requireNonNull(access, "access");
        }
    }
}
