package io.ccflare.core.call;

import io.ccflare.api.account.Account;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.Cost;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.record.Skipped;
import io.ccflare.api.record.Timing;
import io.ccflare.api.record.Usage;
import io.ccflare.core.price.PriceTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers what the one record of a request will say. Guarded by its own monitor, since a caller may hang up at any moment. */
final class Recorder {

    private final RequestRecord.Builder record;
    private final Instant startedAt;
    private final long startedNanos;
    private final List<AttemptRecord> attempts = new ArrayList<>(2);
    private Supplier<List<Skipped>> skipped = List::of;
    private @Nullable String requestedModel;
    private @Nullable Duration headers;

    Recorder(String id, GatewayRequest request, Instant startedAt, long startedNanos) {
        this.startedAt = startedAt;
        this.startedNanos = startedNanos;
        this.record = RequestRecord.builder(id, startedAt)
                .method(request.method())
                .path(request.path())
                .caller(request.caller());
    }

    synchronized void routed(Facts facts) {
        requestedModel = facts.model();
        record.route(facts.route().name()).provider(facts.provider().name()).model(facts.model()).stream(facts.stream())
                .session(facts.session() == null ? null : facts.session().digest());
    }

    synchronized void requestBytes(long bytes) {
        record.requestBytes(bytes);
    }

    /** @param trace tells who was skipped; asked at the end, and then only the last one */
    synchronized void skipped(Supplier<List<Skipped>> trace) {
        skipped = trace;
    }

    synchronized void attempt(AttemptRecord attempt) {
        attempts.add(attempt);
    }

    synchronized int attempts() {
        return attempts.size();
    }

    /** The response was handed to the host. */
    synchronized void answered(int status, @Nullable Account account, long nowNanos) {
        headers = since(nowNanos);
        record.status(status);
        if (account != null) {
            record.accountId(account.id()).accountName(account.name());
        }
    }

    synchronized void problem(@Nullable String type, @Nullable String detail) {
        record.errorType(type).errorDetail(detail);
    }

    /** What the body told of the answer. @param whole whether all of it was seen */
    synchronized void body(ResponseReader reader, boolean metered, boolean whole, PriceTable prices) {
        Usage usage = reader.usage();
        String model = reader.model() != null ? reader.model() : requestedModel;
        Cost cost = usage == null || model == null ? null : prices.cost(model, usage, startedAt);
        record.usage(usage)
                .cost(cost)
                .servedModel(reader.model())
                .stopReason(reader.stopReason())
                .partial(metered && !(whole && usage != null && reader.usageFinal()));
    }

    synchronized RequestRecord finish(Outcome outcome, long responseBytes, long firstByteAt, long nowNanos) {
        Duration firstByte = firstByteAt == 0 ? null : since(firstByteAt);
        return record.attempts(attempts)
                .skipped(skipped.get())
                .outcome(outcome)
                .responseBytes(responseBytes)
                .timing(new Timing(headers, firstByte, since(nowNanos)))
                .build();
    }

    Duration since(long nanos) {
        return Duration.ofNanos(nanos - startedNanos);
    }
}
