package io.ccflare.api.account;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One credential with a provider, a name and a priority, and optionally an endpoint of its own.
 *
 * <p>Immutable and thread-safe. Two accounts are equal when every field is. The text of an account shows no secret.
 *
 * @since 1.0
 */
public final class Account {

    /** The longest name, in characters. */
    public static final int MAX_NAME_LENGTH = 100;

    private final String id;
    private final String name;
    private final String provider;
    private final Credential credential;
    private final int priority;
    private final @Nullable URI endpoint;
    private final boolean paused;
    private final @Nullable String quotaDomain;
    private final int maxInFlight;
    private final String revision;

    private Account(Builder builder) {
        this.id = builder.id;
        this.name = builder.name;
        this.provider = builder.provider;
        this.credential = builder.credential;
        this.priority = builder.priority;
        this.endpoint = builder.endpoint;
        this.paused = builder.paused;
        this.quotaDomain = builder.quotaDomain;
        this.maxInFlight = builder.maxInFlight;
        this.revision = builder.revision;
    }

    /**
     * Begins an account. Defaults: provider {@code anthropic}, priority 0, the provider's own endpoint, not paused, a quota
     * domain of its own, the gateway's limit of calls in flight, revision {@code ""}.
     *
     * @param id what the store knows it by; stays the same for the life of the account
     * @param name what people know it by; unique within a store; goes into the response header {@code ccflare-account}
     * @param credential what it proves itself with
     */
    public static Builder builder(String id, String name, Credential credential) {
        return new Builder(id, name, credential);
    }

    /** A builder that begins with every value of this account. */
    public Builder toBuilder() {
        return new Builder(id, name, credential)
                .provider(provider)
                .priority(priority)
                .endpoint(endpoint)
                .paused(paused)
                .quotaDomain(quotaDomain)
                .maxInFlight(maxInFlight)
                .revision(revision);
    }

    /** What the store knows it by. Never empty. */
    public String id() {
        return id;
    }

    /** What people know it by. Never blank, at most {@value #MAX_NAME_LENGTH} characters, no control characters. */
    public String name() {
        return name;
    }

    /** The name of its provider, for example {@code anthropic}. */
    public String provider() {
        return provider;
    }

    public Credential credential() {
        return credential;
    }

    /** Lower is used first; accounts of equal priority share the work. Default 0. */
    public int priority() {
        return priority;
    }

    /** Where its requests go instead of the provider's own endpoint; null for that one. */
    public @Nullable URI endpoint() {
        return endpoint;
    }

    /** Whether its operator took it out of use. Default false. */
    public boolean paused() {
        return paused;
    }

    /**
     * The name of what is really limited (an organisation, a workspace): a refusal of one account counts for all accounts
     * of its domain. Null when it is not told; then the gateway goes by what the provider says in its responses.
     */
    public @Nullable String quotaDomain() {
        return quotaDomain;
    }

    /** How many calls may be open on it at once; 0 for the gateway's default. */
    public int maxInFlight() {
        return maxInFlight;
    }

    /**
     * Opaque: the store changes it whenever it changes the credential; used to replace a credential only if nobody else
     * did. Stores without that ability leave it empty.
     */
    public String revision() {
        return revision;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Account that
                && id.equals(that.id)
                && name.equals(that.name)
                && provider.equals(that.provider)
                && credential.equals(that.credential)
                && priority == that.priority
                && Objects.equals(endpoint, that.endpoint)
                && paused == that.paused
                && Objects.equals(quotaDomain, that.quotaDomain)
                && maxInFlight == that.maxInFlight
                && revision.equals(that.revision);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, name, provider, priority, endpoint, paused, quotaDomain, maxInFlight, revision);
    }

    @Override
    public String toString() {
        return "Account[id=" + id + ", name=" + name + ", provider=" + provider + ", priority=" + priority
                + (paused ? ", paused" : "") + (endpoint == null ? "" : ", endpoint=" + endpoint) + "]";
    }

    /** Builds an {@link Account}. Not thread-safe. */
    public static final class Builder {

        private final String id;
        private String name;
        private Credential credential;
        private String provider = "anthropic";
        private int priority;
        private @Nullable URI endpoint;
        private boolean paused;
        private @Nullable String quotaDomain;
        private int maxInFlight;
        private String revision = "";

        private Builder(String id, String name, Credential credential) {
            this.id = Objects.requireNonNull(id, "id");
            this.name = Objects.requireNonNull(name, "name");
            this.credential = Objects.requireNonNull(credential, "credential");
        }

        public Builder name(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        public Builder credential(Credential credential) {
            this.credential = Objects.requireNonNull(credential, "credential");
            return this;
        }

        public Builder provider(String provider) {
            this.provider = Objects.requireNonNull(provider, "provider");
            return this;
        }

        public Builder priority(int priority) {
            this.priority = priority;
            return this;
        }

        public Builder endpoint(@Nullable URI endpoint) {
            this.endpoint = endpoint;
            return this;
        }

        public Builder paused(boolean paused) {
            this.paused = paused;
            return this;
        }

        public Builder quotaDomain(@Nullable String quotaDomain) {
            this.quotaDomain = quotaDomain;
            return this;
        }

        public Builder maxInFlight(int maxInFlight) {
            this.maxInFlight = maxInFlight;
            return this;
        }

        public Builder revision(String revision) {
            this.revision = Objects.requireNonNull(revision, "revision");
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if the id or the provider is blank, the name is blank, longer than
         *     {@value Account#MAX_NAME_LENGTH} or holds control characters, {@code maxInFlight} is negative, or the endpoint is
         *     not an absolute http(s) address with a host and without user info, query and fragment; the message says which
         */
        public Account build() {
            require(!id.isBlank(), "the account's id is blank");
            require(!provider.isBlank(), "the provider is blank");
            require(!name.isBlank(), "the name is blank");
            require(name.length() <= MAX_NAME_LENGTH, "the name is longer than " + MAX_NAME_LENGTH + " characters");
            require(name.chars().noneMatch(Character::isISOControl), "the name holds control characters");
            require(maxInFlight >= 0, "maxInFlight is negative; 0 means the gateway's default");
            if (endpoint != null) {
                Endpoints.check(endpoint);
            }
            return new Account(this);
        }

        private void require(boolean condition, String problem) {
            if (!condition) {
                throw new IllegalArgumentException("account " + id + ": " + problem);
            }
        }
    }
}
