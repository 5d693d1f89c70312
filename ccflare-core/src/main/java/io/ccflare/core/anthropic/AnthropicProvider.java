package io.ccflare.core.anthropic;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.Headers;
import io.ccflare.api.provider.Answer;
import io.ccflare.api.provider.Problem;
import io.ccflare.api.provider.Provider;
import io.ccflare.api.provider.ProviderCall;
import io.ccflare.api.provider.ResponseReader;
import io.ccflare.api.provider.Route;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.transport.UpstreamRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's API, {@code https://api.anthropic.com} unless an account has an endpoint of its own, whose path if it has one is put before
 * the API's. Takes API keys.
 *
 * <p>What a caller sends goes up as it is: {@code anthropic-version}, fields and headers that are not known, their order and the query.
 * Only the credential is put in.
 *
 * <p>Immutable and thread-safe.
 *
 * @since 1.0
 */
public final class AnthropicProvider implements Provider {

    private static final List<String> SESSION_HEADERS = List.of("x-session-id", "x-claude-code-session-id");

    @Override
    public String name() {
        return "anthropic";
    }

    /**
     * Messages, token counting, batches, models, files, skills, managed agents and the legacy completions. Not among them are sign-in,
     * administration and the OpenAI-shaped chat completions.
     */
    @Override
    public List<Route> routes() {
        return AnthropicRoutes.ALL;
    }

    @Override
    public List<String> sessionHeaders() {
        return SESSION_HEADERS;
    }

    @Override
    public boolean accepts(Credential credential) {
        return credential instanceof Credential.ApiKey;
    }

    /**
     * For messages the family of the model, the first word behind {@code claude}: {@code opus}, {@code haiku}. All other routes have
     * limits of their own, apart from those of models, and are known by their name.
     */
    @Override
    public @Nullable String modelClass(Route route, @Nullable String model) {
        boolean ofModel =
                route.name().equals(AnthropicRoutes.MESSAGES) || route.name().equals(AnthropicRoutes.COMPLETE);
        if (!ofModel) {
            return route.name();
        }
        return model == null ? null : ModelFamily.of(model);
    }

    @Override
    public UpstreamRequest prepare(ProviderCall call, Account account) {
        return Prepared.prepare(call, account);
    }

    @Override
    public Verdict judge(Answer answer) {
        return Judgement.judge(answer);
    }

    /** Goes by what the response says it is rather than by what was asked for. */
    @Override
    public ResponseReader reader(Route route, boolean stream, int status, Headers headers) {
        String type = headers.first("content-type");
        if (type == null || status >= 300) {
            return new OpaqueReader();
        }
        String lower = type.strip().toLowerCase(Locale.ROOT);
        if (lower.startsWith("text/event-stream")) {
            return new MessageStreamReader(headers, route.metered());
        }
        return route.metered() && lower.startsWith("application/json")
                ? new DocumentReader(headers)
                : new OpaqueReader();
    }

    @Override
    public byte[] problemBody(Problem problem) {
        return ErrorDocument.write(problem);
    }

    @Override
    public byte[] problemEvent(Problem problem) {
        return ErrorDocument.writeEvent(problem);
    }
}
