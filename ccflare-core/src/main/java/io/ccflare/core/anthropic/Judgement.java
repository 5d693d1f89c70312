package io.ccflare.core.anthropic;

import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Answer;
import io.ccflare.api.provider.UpstreamError;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.state.Cooldown.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Judges one answer: by its status, or for an error in a stream by the status that its type stands for. */
final class Judgement {

    /** An overload is over soon, whatever the server says. */
    private static final Duration LONGEST_OVERLOAD = Duration.ofSeconds(60);

    private static final String TIER_SPEND_CAP = "enforced_spend_limit_reached";

    private final Answer answer;
    private final RateLimits limits;
    private final @Nullable UpstreamError error;
    private final int status;
    private final @Nullable Instant retryAt;

    private Judgement(Answer answer) {
        this.answer = answer;
        this.limits = new RateLimits(answer.headers(), answer.modelClass(), answer.now());
        this.error = error(answer);
        this.status = answer.streamError() == null
                ? answer.status()
                : ErrorType.toStatus(answer.streamError().type());
        this.retryAt = Moments.retryAfter(answer.headers().first("retry-after"), answer.now());
    }

    static Verdict judge(Answer answer) {
        return new Judgement(answer).verdict();
    }

    private static @Nullable UpstreamError error(Answer answer) {
        if (answer.streamError() != null) {
            return answer.streamError();
        }
        return answer.status() < 400 || answer.body() == null
                ? null
                : ErrorDocument.read(answer.headers(), answer.body());
    }

    private Verdict verdict() {
        Finding finding = finding();
        return Verdict.builder(finding.outcome())
                .rest(finding.rest())
                .windows(limits.windows(status == 429))
                .quotaDomain(limits.subscription() ? null : quotaDomain(answer.headers()))
                .error(error)
                .upstreamRequestId(answer.headers().first("request-id"))
                .build();
    }

    private Finding finding() {
        if (status >= 200 && status < 300 || status == 304) {
            return Finding.of(Outcome.OK);
        }
        if (spendCap()) {
            return Finding.of(Outcome.SPEND_CAPPED, Kind.SPEND_CAP, null, null, true);
        }
        return switch (status) {
            case 401 -> Finding.of(Outcome.UNAUTHORIZED, Kind.CREDENTIAL, null, null, true);
            case 403 -> Finding.of(Outcome.FORBIDDEN, Kind.PERMISSION, answer.modelClass(), null, true);
            case 408 -> trouble(Outcome.SERVER_ERROR);
            case 429 -> new Refusal(limits, answer.modelClass(), retryAt, answer.now()).judge();
            case 529 -> trouble(Outcome.OVERLOADED);
            default -> {
                if (status >= 400 && status < 500) {
                    yield Finding.of(Outcome.CALLER_ERROR);
                }
                boolean overloaded = error != null && error.type().equals(ErrorType.OVERLOADED);
                yield trouble(overloaded ? Outcome.OVERLOADED : Outcome.SERVER_ERROR);
            }
        };
    }

    /** The provider's trouble, not a limit of the account: a window's reset says nothing about its end. */
    private Finding trouble(Outcome outcome) {
        Instant latest = answer.now().plus(LONGEST_OVERLOAD);
        Instant until = retryAt == null || retryAt.isBefore(latest) ? retryAt : latest;
        return Finding.of(outcome, Kind.BACKOFF, answer.modelClass(), until, true);
    }

    /**
     * Whether the account's money has run out. Told by the status 402, by a code in a 429, or by the text of a 400 alone: a limit that the
     * owner has set, or an empty balance. The balance for extra usage is another matter, it concerns the kind of request. The text has to
     * begin so: other messages repeat what the caller sent.
     */
    private boolean spendCap() {
        if (status == 402) {
            return true;
        }
        if (error == null || status != 400 && status != 429) {
            return false;
        }
        if (TIER_SPEND_CAP.equals(error.code())) {
            return true;
        }
        String message = error.message() == null ? "" : error.message().toLowerCase(Locale.ROOT);
        return !message.contains("extra usage")
                && (message.startsWith("you have reached your specified") && message.contains("usage limit")
                        || message.startsWith("your credit balance is too low"));
    }

    /** Two workspaces of one organisation may have limits of their own, so both have to be told. */
    private static @Nullable String quotaDomain(Headers headers) {
        String organization = headers.first("anthropic-organization-id");
        String workspace = headers.first("anthropic-workspace-id");
        return organization == null || organization.isBlank() || workspace == null || workspace.isBlank()
                ? null
                : organization.strip() + "/" + workspace.strip();
    }
}
