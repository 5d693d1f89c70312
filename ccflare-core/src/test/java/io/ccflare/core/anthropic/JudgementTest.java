package io.ccflare.core.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Answer;
import io.ccflare.api.provider.Route;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.provider.Verdict.Rest;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.state.Cooldown.Kind;
import io.ccflare.api.state.UsageWindow;
import io.ccflare.api.state.UsageWindow.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JudgementTest {

    private static final Instant NOW = Instant.parse("2026-07-31T14:29:25Z");
    private static final AnthropicProvider PROVIDER = new AnthropicProvider();
    private static final Route MESSAGES = PROVIDER.routes().get(0);
    private static final String U = "anthropic-ratelimit-unified-";

    @Test
    void aRefusalOfTheFiveHourWindowAsItWasCapturedRestsTheAccountUntilThatWindowsReset() {
        Verdict verdict = refused(
                U + "status",
                "rejected",
                U + "representative-claim",
                "five_hour",
                U + "5h-status",
                "rejected",
                U + "5h-utilization",
                "1.01",
                U + "5h-reset",
                "1785518400",
                U + "7d-status",
                "allowed",
                U + "7d-utilization",
                "0.69",
                U + "7d-reset",
                "1785800000",
                U + "overage-status",
                "rejected",
                U + "overage-disabled-reason",
                "org_level_disabled",
                "retry-after",
                "7835",
                "x-should-retry",
                "true",
                "request-id",
                "req_1");

        Instant reset = Instant.ofEpochSecond(1785518400);
        assertThat(verdict.outcome()).isEqualTo(Outcome.RATE_LIMITED);
        assertThat(verdict.rest()).isEqualTo(new Rest(Kind.WINDOW, null, reset, true));
        assertThat(verdict.upstreamRequestId()).isEqualTo("req_1");
        assertThat(verdict.quotaDomain()).isNull();
        assertThat(verdict.windows())
                .containsExactly(
                        new UsageWindow("5h", null, 1.01, Status.REJECTED, reset, null, null, NOW),
                        new UsageWindow(
                                "7d", null, 0.69, Status.ALLOWED, Instant.ofEpochSecond(1785800000), null, null, NOW));
    }

    /** Headers of a 429 for opus, and what follows: outcome, kind, class, seconds until the end, whether it is the account's alone. */
    static Stream<Arguments> refusals() {
        String in1h = epoch(3600);
        String in3d = epoch(259_200);
        return Stream.of(
                // Subscriptions: the windows' own statuses.
                rests(
                        "both windows: the later reset",
                        window(null, 259_200L),
                        U + "5h-status",
                        "rejected",
                        U + "5h-reset",
                        in1h,
                        U + "7d-status",
                        "rejected",
                        U + "7d-reset",
                        in3d),
                rests(
                        "one class's week",
                        window("opus", 259_200L),
                        U + "status",
                        "rejected",
                        U + "reset",
                        in3d,
                        U + "5h-status",
                        "allowed",
                        U + "7d-status",
                        "allowed_warning",
                        U + "7d_oi-status",
                        "rejected",
                        U + "7d_oi-reset",
                        in3d),
                rests(
                        "the account's window before the class's",
                        window(null, 3600L),
                        U + "5h-status",
                        "rejected",
                        U + "5h-reset",
                        in1h,
                        U + "7d_oi-status",
                        "rejected",
                        U + "7d_oi-reset",
                        in3d),
                rests(
                        "a class's window without reset",
                        window("opus", 120L),
                        U + "7d_oi-status",
                        "rejected",
                        U + "7d_oi-reset",
                        "soon",
                        "retry-after",
                        "120"),
                rests(
                        "another class's window is not what refused",
                        throttle(),
                        U + "7d_sonnet-status",
                        "rejected",
                        U + "7d_sonnet-reset",
                        in3d),
                rests(
                        "a window whose reset is past, with a retry-after",
                        window(null, 30L),
                        U + "5h-status",
                        "rejected",
                        U + "5h-reset",
                        epoch(-10),
                        "retry-after",
                        "30"),
                rests(
                        "a window whose reset is past, and nothing else",
                        window(null, null),
                        U + "5h-status",
                        "rejected",
                        U + "5h-reset",
                        epoch(-10),
                        U + "reset",
                        in3d),
                rests(
                        "older words for rejected",
                        window(null, 3600L),
                        U + "5h-status",
                        "rate_limited",
                        U + "5h-reset",
                        in1h),
                // Subscriptions: claim and top line.
                rests(
                        "the claimed window's reset",
                        window(null, 3600L),
                        U + "status",
                        "rejected",
                        U + "reset",
                        in3d,
                        U + "representative-claim",
                        "five_hour",
                        U + "5h-reset",
                        in1h),
                rests(
                        "a claim of a class",
                        window("opus", 259_200L),
                        U + "status",
                        "rejected",
                        U + "reset",
                        in3d,
                        U + "representative-claim",
                        "seven_day_opus"),
                rests("the top line alone", window(null, 259_200L), U + "status", "blocked", U + "reset", in3d),
                rests(
                        "the top line against open windows",
                        window("opus", 259_200L),
                        U + "status",
                        "rejected",
                        U + "reset",
                        in3d,
                        U + "5h-status",
                        "allowed",
                        U + "7d-status",
                        "allowed"),
                rests(
                        "the top line beside a class's window",
                        window("opus", 259_200L),
                        U + "status",
                        "rejected",
                        U + "reset",
                        in3d,
                        U + "7d_oi-utilization",
                        "1.0"),
                rests(
                        "out of credits",
                        window("opus", 300L),
                        U + "status",
                        "rejected",
                        U + "reset",
                        in3d,
                        U + "overage-disabled-reason",
                        "out_of_credits"),
                rests(
                        "out of credits, but the account's window refused",
                        window(null, 3600L),
                        U + "5h-status",
                        "rejected",
                        U + "5h-reset",
                        in1h,
                        U + "overage-disabled-reason",
                        "out_of_credits"),
                rests(
                        "open windows and a retry-after",
                        window("opus", 9L),
                        U + "status",
                        "allowed",
                        "retry-after",
                        "9"),
                rests("open windows and nothing else", throttle(), U + "status", "allowed", U + "reset", in3d),
                // API keys.
                rests(
                        "retry-after goes before the limit's reset",
                        key(20L),
                        "retry-after",
                        "20",
                        "anthropic-ratelimit-input-tokens-remaining",
                        "0",
                        "anthropic-ratelimit-input-tokens-reset",
                        "2026-07-31T14:30:25Z"),
                rests(
                        "the reset of the limits that are used up",
                        key(60L),
                        "anthropic-ratelimit-input-tokens-remaining",
                        "0",
                        "anthropic-ratelimit-input-tokens-reset",
                        "2026-07-31T14:30:25Z",
                        "anthropic-ratelimit-requests-remaining",
                        "0",
                        "anthropic-ratelimit-requests-reset",
                        "2026-07-31T14:29:35Z",
                        "anthropic-ratelimit-output-tokens-remaining",
                        "1000",
                        "anthropic-ratelimit-output-tokens-reset",
                        "2026-07-31T15:29:25Z"),
                rests(
                        "priority tier used up",
                        throttle(),
                        "anthropic-priority-input-tokens-remaining",
                        "0",
                        "anthropic-priority-input-tokens-reset",
                        "2026-07-31T15:29:25Z"),
                rests("names in capitals", key(60L), "Retry-After", "60"),
                // Neither.
                rests("nothing but advice to retry", throttle(), "x-should-retry", "true"),
                // Values that cannot be.
                rests("a fraction of a second", key(1.5), "retry-after", "1.5"),
                rests("an HTTP date", key(65L), "retry-after", "Fri, 31 Jul 2026 14:30:30 GMT"),
                rests("a date that is past", throttle(), "retry-after", "Fri, 31 Jul 2026 14:29:00 GMT"),
                rests("zero seconds", throttle(), "retry-after", "0"),
                rests("negative seconds", throttle(), "retry-after", "-5"),
                rests("NaN", throttle(), "retry-after", "NaN"),
                rests("infinity", throttle(), "retry-after", "Infinity"),
                rests("an empty value", throttle(), "retry-after", ""),
                rests("a Java number that is no HTTP one", throttle(), "retry-after", "12d"),
                rests("absurd seconds", key(691_200L), "retry-after", "99999999999999999999999999"),
                rests(
                        "absurd reset",
                        window(null, 691_200L),
                        U + "5h-status",
                        "rejected",
                        U + "5h-reset",
                        "1785518400000"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void aRefusalRestsWhatItIsAbout(String name, Rest expected, List<String> headers) {
        Verdict verdict = refused(headers.toArray(String[]::new));

        assertThat(verdict.rest()).isEqualTo(expected);
        assertThat(verdict.outcome())
                .isEqualTo(expected.kind() == Kind.BACKOFF ? Outcome.THROTTLED : Outcome.RATE_LIMITED);
    }

    @Test
    void aClassWindowNeverTakesAnAccountAwayWhenTheClassIsNotKnown() {
        Verdict verdict = PROVIDER.judge(answer(
                null, 429, Headers.of(U + "7d_oi-status", "rejected", U + "7d_oi-reset", epoch(600)), null, null));

        assertThat(verdict.rest()).isEqualTo(new Rest(Kind.BACKOFF, null, null, true));
        assertThat(verdict.windows()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400, CALLER_ERROR, ,",
        "401, UNAUTHORIZED, CREDENTIAL,",
        "402, SPEND_CAPPED, SPEND_CAP,",
        "403, FORBIDDEN, PERMISSION, opus",
        "404, CALLER_ERROR, ,",
        "405, CALLER_ERROR, ,",
        "408, SERVER_ERROR, BACKOFF, opus",
        "409, CALLER_ERROR, ,",
        "413, CALLER_ERROR, ,",
        "422, CALLER_ERROR, ,",
        "500, SERVER_ERROR, BACKOFF, opus",
        "502, SERVER_ERROR, BACKOFF, opus",
        "503, SERVER_ERROR, BACKOFF, opus",
        "529, OVERLOADED, BACKOFF, opus",
        "302, SERVER_ERROR, BACKOFF, opus",
        "101, SERVER_ERROR, BACKOFF, opus",
        "200, OK, ,",
        "204, OK, ,",
        "304, OK, ,"
    })
    void aStatusAloneSaysWhoseFaultItIs(int status, Outcome outcome, @Nullable Kind kind, @Nullable String modelClass) {
        Verdict verdict = PROVIDER.judge(answer("opus", status, Headers.empty(), null, null));

        assertThat(verdict.outcome()).isEqualTo(outcome);
        assertThat(verdict.rest()).isEqualTo(kind == null ? null : new Rest(kind, modelClass, null, true));
    }

    @Test
    void anOverloadIsNeverRestedUntilAWindowsReset() {
        Headers headers = Headers.of(U + "status", "allowed", U + "reset", epoch(7200), U + "5h-reset", epoch(7200));

        assertThat(PROVIDER.judge(answer("opus", 529, headers, null, null)).rest())
                .isEqualTo(new Rest(Kind.BACKOFF, "opus", null, true));
    }

    @ParameterizedTest
    @CsvSource({"529, 5, 5", "529, 7200, 60", "503, 30, 30", "500, 90, 60"})
    void theServersTroubleIsRestedForAMinuteAtMost(int status, String retryAfter, long seconds) {
        Headers headers = Headers.of("retry-after", retryAfter);

        assertThat(PROVIDER.judge(answer("opus", status, headers, null, null)).rest())
                .isEqualTo(new Rest(Kind.BACKOFF, "opus", NOW.plusSeconds(seconds), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "400 | invalid_request_error | You have reached your specified API usage limits. You will regain access on 2026-12-01.",
                "400 | invalid_request_error | You have reached your specified workspace API usage limits.",
                "400 | invalid_request_error | Your credit balance is too low to access the Anthropic API.",
                "402 | billing_error | There is a problem with your payment."
            })
    void aSpendCapIsTheAccountsWhateverTheStatus(String line) {
        String[] parts = line.split(" \\| ");

        Verdict verdict = PROVIDER.judge(
                answer("opus", Integer.parseInt(parts[0]), Headers.empty(), document(parts[1], parts[2]), null));

        assertThat(verdict.outcome()).isEqualTo(Outcome.SPEND_CAPPED);
        assertThat(verdict.rest()).isEqualTo(new Rest(Kind.SPEND_CAP, null, null, true));
        assertThat(verdict.error()).isEqualTo(new UpstreamError(parts[1], parts[2], null));
    }

    @Test
    void aTiersSpendCapIsToldByItsCodeAlone() {
        String body = "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"Limit\","
                + "\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}},\"request_id\":\"req_1\"}";

        Verdict verdict =
                PROVIDER.judge(answer("opus", 429, Headers.of("retry-after", "5"), body.getBytes(UTF_8), null));

        assertThat(verdict.outcome()).isEqualTo(Outcome.SPEND_CAPPED);
        assertThat(verdict.error())
                .isEqualTo(new UpstreamError("rate_limit_error", "Limit", "enforced_spend_limit_reached"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "You're out of extra usage. Add more to keep going.",
                "You have reached your specified extra usage limit.",
                "Unexpected value(s) `Your credit balance is too low` for the `anthropic-beta` header",
                "messages: field required"
            })
    void aBadRequestIsTheCallersEvenIfItQuotesOrResemblesASpendCap(String message) {
        Verdict verdict =
                PROVIDER.judge(answer("opus", 400, Headers.empty(), document("invalid_request_error", message), null));

        assertThat(verdict.outcome()).isEqualTo(Outcome.CALLER_ERROR);
        assertThat(verdict.rest()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "overloaded_error, OVERLOADED, BACKOFF",
        "rate_limit_error, THROTTLED, BACKOFF",
        "api_error, SERVER_ERROR, BACKOFF",
        "timeout_error, SERVER_ERROR, BACKOFF",
        "something_new, SERVER_ERROR, BACKOFF",
        "authentication_error, UNAUTHORIZED, CREDENTIAL",
        "permission_error, FORBIDDEN, PERMISSION",
        "billing_error, SPEND_CAPPED, SPEND_CAP",
        "invalid_request_error, CALLER_ERROR,",
        "not_found_error, CALLER_ERROR,"
    })
    void anErrorInAStreamIsJudgedByItsTypeThoughTheStatusWasFine(String type, Outcome outcome, @Nullable Kind kind) {
        UpstreamError error = new UpstreamError(type, "m", null);

        Verdict verdict = PROVIDER.judge(answer("opus", 200, Headers.of(U + "status", "allowed"), null, error));

        assertThat(verdict.outcome()).isEqualTo(outcome);
        assertThat(verdict.rest() == null ? null : verdict.rest().kind()).isEqualTo(kind);
        assertThat(verdict.error()).isEqualTo(error);
    }

    @Test
    void anErrorBodyIsReadThroughGzip() {
        byte[] body = Gzip.compress(document("overloaded_error", "Overloaded"));

        assertThat(PROVIDER.judge(answer("opus", 503, Headers.of("content-encoding", "gzip"), body, null))
                        .outcome())
                .isEqualTo(Outcome.OVERLOADED);
    }

    @Test
    void anErrorBodyThatIsCutAnywhereOrNoJsonIsNoObstacle() {
        byte[] whole = document("invalid_request_error", "Bad \"thing\"");
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThat(PROVIDER.judge(answer("opus", 400, Headers.empty(), cut, null))
                            .outcome())
                    .isEqualTo(Outcome.CALLER_ERROR);
        }
        for (String body : List.of("", "<html>403</html>", "null", "[]", "{\"error\":\"x\"}", "\u0000\uffff")) {
            assertThat(PROVIDER.judge(answer("opus", 400, Headers.empty(), body.getBytes(UTF_8), null))
                            .error())
                    .isNull();
        }
        Headers brotli = Headers.of("content-encoding", "br");
        assertThat(PROVIDER.judge(answer("opus", 400, brotli, whole, null)).error())
                .isNull();
    }

    @Test
    void aKeysLimitsAreWindowsOfItsModelClass() {
        Verdict verdict = PROVIDER.judge(answer(
                "opus",
                200,
                Headers.of(
                        "anthropic-ratelimit-requests-limit", "50",
                        "anthropic-ratelimit-requests-remaining", "49",
                        "anthropic-ratelimit-requests-reset", "2026-07-31T14:29:30Z",
                        "anthropic-ratelimit-tokens-limit", "1000",
                        "anthropic-ratelimit-tokens-remaining", "0",
                        "anthropic-ratelimit-tokens-reset", "2026-07-31T14:29:00Z",
                        "anthropic-ratelimit-new-thing-remaining", "1",
                        "anthropic-organization-id", "org-1",
                        "anthropic-workspace-id", "wrkspc_1"),
                null,
                null));

        assertThat(verdict.windows()).hasSize(2);
        UsageWindow requests = verdict.windows().get(0);
        assertThat(requests.name()).isEqualTo("requests");
        assertThat(requests.modelClass()).isEqualTo("opus");
        assertThat(requests.utilization()).isBetween(0.0199, 0.0201);
        assertThat(requests.status()).isEqualTo(Status.ALLOWED);
        assertThat(requests.resetAt()).isEqualTo(NOW.plusSeconds(5));
        assertThat(requests.limit()).isEqualTo(50);
        assertThat(requests.remaining()).isEqualTo(49);
        assertThat(verdict.windows().get(1).status()).isEqualTo(Status.WARNING);
        assertThat(verdict.windows().get(1).resetAt()).isNull();
        assertThat(verdict.quotaDomain()).isEqualTo("org-1/wrkspc_1");
    }

    @Test
    void aClassWindowBelongsToTheFamilyInItsNameOrElseToTheClassAskedFor() {
        Verdict verdict = PROVIDER.judge(answer(
                "fable",
                200,
                Headers.of(
                        U + "7d_oi-utilization", "0.5", U + "7d_opus-utilization", "0.7", U + "5h-utilization", "NaN"),
                null,
                null));

        assertThat(verdict.windows())
                .extracting(UsageWindow::name, UsageWindow::modelClass)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("7d_oi", "fable"),
                        org.assertj.core.groups.Tuple.tuple("7d_opus", "opus"));
    }

    @Test
    void aWindowWhoseResetIsPastIsNotTold() {
        Headers headers =
                Headers.of(U + "5h-status", "rejected", U + "5h-utilization", "1.0", U + "5h-reset", epoch(-1));

        assertThat(PROVIDER.judge(answer("opus", 200, headers, null, null)).windows())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"anthropic-organization-id", "anthropic-workspace-id"})
    void anOrganisationWithoutItsWorkspaceIsNoQuotaDomain(String header) {
        assertThat(PROVIDER.judge(answer("opus", 200, Headers.of(header, "x"), null, null))
                        .quotaDomain())
                .isNull();
    }

    @Test
    void aSubscriptionSharesItsLimitsWithNobody() {
        Headers headers = Headers.of(
                U + "status", "allowed", "anthropic-organization-id", "org-1", "anthropic-workspace-id", "wrkspc_1");

        assertThat(PROVIDER.judge(answer("opus", 200, headers, null, null)).quotaDomain())
                .isNull();
    }

    private static Verdict refused(String... headers) {
        return PROVIDER.judge(answer("opus", 429, Headers.of(headers), null, null));
    }

    private static Answer answer(
            @Nullable String modelClass,
            int status,
            Headers headers,
            byte @Nullable [] body,
            @Nullable UpstreamError streamError) {
        ByteBuffer buffer = body == null ? null : ByteBuffer.wrap(body).asReadOnlyBuffer();
        return new Answer(MESSAGES, modelClass, status, headers, buffer, streamError, NOW);
    }

    private static byte[] document(String type, String message) {
        return ("{\"type\":\"error\",\"error\":{\"details\":null,\"type\":\"" + type + "\",\"message\":\""
                        + message.replace("\"", "\\\"") + "\"},\"request_id\":\"req_1\"}")
                .getBytes(UTF_8);
    }

    private static String epoch(long secondsFromNow) {
        return Long.toString(NOW.plusSeconds(secondsFromNow).getEpochSecond());
    }

    private static Arguments rests(String name, Rest rest, String... headers) {
        return Arguments.of(name, rest, List.of(headers));
    }

    private static Rest window(@Nullable String modelClass, @Nullable Long seconds) {
        return new Rest(Kind.WINDOW, modelClass, seconds == null ? null : NOW.plusSeconds(seconds), true);
    }

    private static Rest key(double seconds) {
        return new Rest(Kind.WINDOW, "opus", NOW.plus(Duration.ofMillis((long) (seconds * 1000))), false);
    }

    private static Rest throttle() {
        return new Rest(Kind.BACKOFF, "opus", null, true);
    }
}
