package io.ccflare.api.record;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one request: exactly one for each, told after its end. Immutable and thread-safe. Holds neither bodies nor
 * credentials nor query strings.
 *
 * @since 1.0
 */
public final class RequestRecord {

    private final String id;
    private final Instant startedAt;
    private final String method;
    private final String path;
    private final String route;
    private final String provider;
    private final @Nullable String caller;
    private final @Nullable String session;
    private final @Nullable String model;
    private final @Nullable String servedModel;
    private final boolean stream;
    private final Outcome outcome;
    private final int status;
    private final @Nullable String accountId;
    private final @Nullable String accountName;
    private final List<AttemptRecord> attempts;
    private final List<Skipped> skipped;
    private final @Nullable Usage usage;
    private final @Nullable Cost cost;
    private final boolean partial;
    private final @Nullable String stopReason;
    private final @Nullable String errorType;
    private final @Nullable String errorDetail;
    private final Timing timing;
    private final long requestBytes;
    private final long responseBytes;

    private RequestRecord(Builder builder) {
        this.id = builder.id;
        this.startedAt = builder.startedAt;
        this.method = builder.method;
        this.path = builder.path;
        this.route = builder.route;
        this.provider = builder.provider;
        this.caller = builder.caller;
        this.session = builder.session;
        this.model = builder.model;
        this.servedModel = builder.servedModel;
        this.stream = builder.stream;
        this.outcome = builder.outcome;
        this.status = builder.status;
        this.accountId = builder.accountId;
        this.accountName = builder.accountName;
        this.attempts = builder.attempts;
        this.skipped = builder.skipped;
        this.usage = builder.usage;
        this.cost = builder.cost;
        this.partial = builder.partial;
        this.stopReason = builder.stopReason;
        this.errorType = builder.errorType;
        this.errorDetail = builder.errorDetail;
        this.timing = builder.timing;
        this.requestBytes = builder.requestBytes;
        this.responseBytes = builder.responseBytes;
    }

    /** Begins a record; what is not set stays empty, null, zero or {@link Outcome#UNKNOWN}. */
    public static Builder builder(String id, Instant startedAt) {
        return new Builder(id, startedAt);
    }

    /** The gateway's id for it, as in the response header {@code ccflare-request-id}. */
    public String id() {
        return id;
    }

    /** When it began, by the gateway's clock. */
    public Instant startedAt() {
        return startedAt;
    }

    public String method() {
        return method;
    }

    /** The raw API path, without the query. */
    public String path() {
        return path;
    }

    /** The name of the route, for example {@code messages}; empty when no route took it. */
    public String route() {
        return route;
    }

    /** The provider's name; empty when no route took it. */
    public String provider() {
        return provider;
    }

    /** Who asked, as the host told; null when nobody is known. */
    public @Nullable String caller() {
        return caller;
    }

    /** A keyed-off digest of the session key, scoped by caller, never the key itself; null when it has none. */
    public @Nullable String session() {
        return session;
    }

    /** The model that was asked for; null when none was read. */
    public @Nullable String model() {
        return model;
    }

    /** The model that answered, when the response told. */
    public @Nullable String servedModel() {
        return servedModel;
    }

    /** Whether the caller asked for a stream. */
    public boolean stream() {
        return stream;
    }

    /** What it was in the end. */
    public Outcome outcome() {
        return outcome;
    }

    /** The status that the caller got; 0 when it left before one. */
    public int status() {
        return status;
    }

    /** The account whose response was delivered; null when none was. */
    public @Nullable String accountId() {
        return accountId;
    }

    /** Its name then. */
    public @Nullable String accountName() {
        return accountName;
    }

    /** Every upstream call, in order. */
    public List<AttemptRecord> attempts() {
        return attempts;
    }

    /** The accounts that could not be used when the last decision was made. */
    public List<Skipped> skipped() {
        return skipped;
    }

    /** Tokens, as far as they are known; null when nothing was told. */
    public @Nullable Usage usage() {
        return usage;
    }

    /** Null means unpriced: no usage, or no price for the model; never read it as zero. */
    public @Nullable Cost cost() {
        return cost;
    }

    /** Whether usage may be incomplete: the response was cut, cancelled or could not be read. */
    public boolean partial() {
        return partial;
    }

    /** Why the model stopped, in the provider's words. */
    public @Nullable String stopReason() {
        return stopReason;
    }

    /** The kind of the error that the caller got, in the dialect of the route. */
    public @Nullable String errorType() {
        return errorType;
    }

    /** What went wrong, for people; holds no secret and no body. */
    public @Nullable String errorDetail() {
        return errorDetail;
    }

    /** How long it took. */
    public Timing timing() {
        return timing;
    }

    /** Bytes of the request body that were read. */
    public long requestBytes() {
        return requestBytes;
    }

    /** Bytes of the response body that were handed to the host. */
    public long responseBytes() {
        return responseBytes;
    }

    @Override
    public String toString() {
        return "RequestRecord[" + id + " " + method + " " + path + " -> " + status + " " + outcome + ", attempts="
                + attempts.size() + "]";
    }

    /** Builds a {@link RequestRecord}. Not thread-safe. */
    public static final class Builder {

        private final String id;
        private final Instant startedAt;
        private String method = "";
        private String path = "";
        private String route = "";
        private String provider = "";
        private @Nullable String caller;
        private @Nullable String session;
        private @Nullable String model;
        private @Nullable String servedModel;
        private boolean stream;
        private Outcome outcome = Outcome.UNKNOWN;
        private int status;
        private @Nullable String accountId;
        private @Nullable String accountName;
        private List<AttemptRecord> attempts = List.of();
        private List<Skipped> skipped = List.of();
        private @Nullable Usage usage;
        private @Nullable Cost cost;
        private boolean partial;
        private @Nullable String stopReason;
        private @Nullable String errorType;
        private @Nullable String errorDetail;
        private Timing timing = Timing.NONE;
        private long requestBytes;
        private long responseBytes;

        private Builder(String id, Instant startedAt) {
            this.id = Objects.requireNonNull(id, "id");
            this.startedAt = Objects.requireNonNull(startedAt, "startedAt");
        }

        public Builder method(String method) {
            this.method = method;
            return this;
        }

        public Builder path(String path) {
            this.path = path;
            return this;
        }

        public Builder route(String route) {
            this.route = route;
            return this;
        }

        public Builder provider(String provider) {
            this.provider = provider;
            return this;
        }

        public Builder caller(@Nullable String caller) {
            this.caller = caller;
            return this;
        }

        public Builder session(@Nullable String session) {
            this.session = session;
            return this;
        }

        public Builder model(@Nullable String model) {
            this.model = model;
            return this;
        }

        public Builder servedModel(@Nullable String servedModel) {
            this.servedModel = servedModel;
            return this;
        }

        public Builder stream(boolean stream) {
            this.stream = stream;
            return this;
        }

        public Builder outcome(Outcome outcome) {
            this.outcome = outcome;
            return this;
        }

        public Builder status(int status) {
            this.status = status;
            return this;
        }

        public Builder accountId(@Nullable String accountId) {
            this.accountId = accountId;
            return this;
        }

        public Builder accountName(@Nullable String accountName) {
            this.accountName = accountName;
            return this;
        }

        public Builder attempts(List<AttemptRecord> attempts) {
            this.attempts = List.copyOf(attempts);
            return this;
        }

        public Builder skipped(List<Skipped> skipped) {
            this.skipped = List.copyOf(skipped);
            return this;
        }

        public Builder usage(@Nullable Usage usage) {
            this.usage = usage;
            return this;
        }

        public Builder cost(@Nullable Cost cost) {
            this.cost = cost;
            return this;
        }

        public Builder partial(boolean partial) {
            this.partial = partial;
            return this;
        }

        public Builder stopReason(@Nullable String stopReason) {
            this.stopReason = stopReason;
            return this;
        }

        public Builder errorType(@Nullable String errorType) {
            this.errorType = errorType;
            return this;
        }

        public Builder errorDetail(@Nullable String errorDetail) {
            this.errorDetail = errorDetail;
            return this;
        }

        public Builder timing(Timing timing) {
            this.timing = timing;
            return this;
        }

        public Builder requestBytes(long requestBytes) {
            this.requestBytes = requestBytes;
            return this;
        }

        public Builder responseBytes(long responseBytes) {
            this.responseBytes = responseBytes;
            return this;
        }

        public RequestRecord build() {
            return new RequestRecord(this);
        }
    }
}
