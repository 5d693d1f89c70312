package io.ccflare.core;

import io.ccflare.api.routing.AccountState;
import java.util.List;

/**
 * What a gateway is doing at one moment. Holds no secret in its text.
 *
 * @param accounts in store order
 * @param inFlight how many requests are under way
 * @param gatheredBytes how many bytes of request bodies are in memory
 * @param droppedEvents how many facts were not told because listeners were too slow
 * @param listenerFailures how many times a listener threw
 * @since 1.0
 */
public record GatewayStatus(
        List<AccountStatus> accounts, int inFlight, long gatheredBytes, long droppedEvents, long listenerFailures) {

    public GatewayStatus {
        accounts = List.copyOf(accounts);
    }

    /**
     * One account at that moment.
     *
     * @param state what is known of it
     * @param inFlight how many calls are open on it
     */
    public record AccountStatus(AccountState state, int inFlight) {}
}
