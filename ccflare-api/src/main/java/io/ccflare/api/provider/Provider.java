package io.ccflare.api.provider;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.UpstreamRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is specific to an upstream API: its routes and their facts, addresses and headers, how its answers are judged and read, and how
 * an error looks in its dialect.
 *
 * <p>Stateless, thread-safe, no I/O, no clock: it prepares and judges, the engine sends and remembers. Adding a provider takes one
 * package and one registration on the gateway's builder.
 *
 * @since 1.0
 */
public interface Provider {

    /** Its name in accounts, records and path prefixes: lower-case letters, digits and dashes. */
    String name();

    /**
     * The pass-through list: its public API, without sign-in and administration. The first match wins. A host may narrow or widen it.
     */
    List<Route> routes();

    /** Request headers that name a conversation, best first, in lower case. */
    List<String> sessionHeaders();

    /** Whether accounts with such a credential can be used. */
    boolean accepts(Credential credential);

    /**
     * The unit that rate limits are counted in: the family of a model, or a route that is limited by itself.
     *
     * @param model the model that was asked for; null when none was read
     * @return for example {@code opus}; null when not known, which stands for the whole account
     */
    @Nullable
    String modelClass(Route route, @Nullable String model);

    /**
     * Makes the call for one account: address, and headers with the account's credential.
     *
     * @param account an account of this provider whose credential {@link #accepts} took
     * @return goes to the account's endpoint, or to the provider's own when it has none, and nowhere else
     */
    UpstreamRequest prepare(ProviderCall call, Account account);

    /**
     * Judges an answer. Called once for each response (with the beginning of the body if the status is an error), and once more if a
     * stream tells of an error.
     */
    Verdict judge(Answer answer);

    /**
     * A fresh reader for the body of one response.
     *
     * @param stream whether the caller asked for a stream
     */
    ResponseReader reader(Route route, boolean stream, int status, Headers headers);

    /** An error in this provider's dialect: a JSON document in UTF-8. */
    byte[] problemBody(Problem problem);

    /** An error event for a stream that broke, in this provider's dialect and complete with its blank line; null if it has none. */
    byte @Nullable [] problemEvent(Problem problem);
}
