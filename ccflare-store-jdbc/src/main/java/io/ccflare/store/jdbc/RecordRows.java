package io.ccflare.store.jdbc;

import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.Cost;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.record.Timing;
import io.ccflare.api.record.Usage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as rows, and back. The order of values is that of the columns in {@link Sql}. */
final class RecordRows {

    private RecordRows() {}

    static @Nullable Object[] of(RequestRecord request) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(request.id());
        row.add(request.startedAt().toEpochMilli());
        row.add(request.method());
        row.add(request.path());
        row.add(request.route());
        row.add(request.provider());
        row.add(request.caller());
        row.add(request.session());
        row.add(request.model());
        row.add(request.servedModel());
        row.add(request.stream() ? 1 : 0);
        row.add(request.outcome().name());
        row.add(request.status());
        row.add(request.accountId());
        row.add(request.accountName());
        addUsage(row, request.usage());
        Cost cost = request.cost();
        row.add(cost == null ? null : cost.microUsd());
        row.add(cost == null ? null : cost.priceId());
        row.add(request.partial() ? 1 : 0);
        row.add(request.stopReason());
        row.add(request.errorType());
        row.add(request.errorDetail());
        row.add(micros(request.timing().headers()));
        row.add(micros(request.timing().firstByte()));
        row.add(micros(request.timing().total()));
        row.add(request.requestBytes());
        row.add(request.responseBytes());
        row.add(SkippedText.of(request.skipped()));
        return row.toArray();
    }

    static List<@Nullable Object[]> ofAttempts(RequestRecord request) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (AttemptRecord attempt : request.attempts()) {
            rows.add(new @Nullable Object[] {
                request.id(),
                rows.size() + 1,
                attempt.accountId(),
                attempt.accountName(),
                attempt.reason(),
                attempt.outcome().name(),
                attempt.status(),
                micros(attempt.startedAfter()),
                micros(attempt.duration()),
                attempt.errorType(),
                attempt.detail(),
                attempt.upstreamRequestId()
            });
        }
        return rows;
    }

    static RequestRecord.Builder request(Row row) throws SQLException {
        Long cost = row.numberOrNull("cost_micro_usd");
        return RequestRecord.builder(row.text("id"), row.instant("started_at"))
                .method(row.text("method"))
                .path(row.text("path"))
                .route(row.text("route"))
                .provider(row.text("provider"))
                .caller(row.textOrNull("caller"))
                .session(row.textOrNull("session_digest"))
                .model(row.textOrNull("model"))
                .servedModel(row.textOrNull("served_model"))
                .stream(row.flag("stream"))
                .outcome(row.constant("outcome", Outcome.UNKNOWN))
                .status(row.integer("status"))
                .accountId(row.textOrNull("account_id"))
                .accountName(row.textOrNull("account_name"))
                .usage(usage(row))
                .cost(cost == null ? null : new Cost(cost, row.text("price_id")))
                .partial(row.flag("partial"))
                .stopReason(row.textOrNull("stop_reason"))
                .errorType(row.textOrNull("error_type"))
                .errorDetail(row.textOrNull("error_detail"))
                .timing(new Timing(
                        row.microsOrNull("headers_us"), row.microsOrNull("first_byte_us"), row.micros("total_us")))
                .requestBytes(row.number("request_bytes"))
                .responseBytes(row.number("response_bytes"))
                .skipped(SkippedText.parse(row.textOrNull("skipped")));
    }

    static AttemptRecord attempt(Row row) throws SQLException {
        return new AttemptRecord(
                row.text("account_id"),
                row.text("account_name"),
                row.text("reason"),
                row.constant("outcome", Outcome.UNKNOWN),
                row.integer("status"),
                row.micros("started_after_us"),
                row.micros("duration_us"),
                row.textOrNull("error_type"),
                row.textOrNull("detail"),
                row.textOrNull("upstream_request_id"));
    }

    private static void addUsage(List<@Nullable Object> row, @Nullable Usage usage) {
        row.add(usage == null ? null : usage.fresh());
        row.add(usage == null ? null : usage.cacheRead());
        row.add(usage == null ? null : usage.cacheWrite5m());
        row.add(usage == null ? null : usage.cacheWrite1h());
        row.add(usage == null ? null : usage.output());
        row.add(usage == null ? null : usage.reasoning());
        row.add(usage == null ? null : usage.webSearches());
        row.add(usage == null ? null : usage.serviceTier());
        row.add(usage == null ? null : usage.speed());
        row.add(usage == null ? null : usage.geography());
    }

    private static @Nullable Usage usage(Row row) throws SQLException {
        Long fresh = row.numberOrNull("input_fresh");
        if (fresh == null) {
            return null;
        }
        return new Usage(
                fresh,
                row.number("input_cache_read"),
                row.number("input_cache_write_5m"),
                row.number("input_cache_write_1h"),
                row.number("output_tokens"),
                row.number("reasoning_tokens"),
                row.number("web_searches"),
                row.textOrNull("service_tier"),
                row.textOrNull("speed"),
                row.textOrNull("geography"));
    }

    private static @Nullable Long micros(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos() / 1_000;
    }
}
