package io.ccflare.api.routing;

import io.ccflare.api.account.Account;
import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.UsageWindow;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An account and what the pool knows of it at one moment. Immutable.
 *
 * @param account the account
 * @param cooldowns those that were in force, its quota domain's included; some may have lapsed since
 * @param windows its usage windows as last told
 * @param sessionOpenedAt when its session window opened; null when it has none open
 * @param maxInFlight how many calls may be open on it at once, at least 1
 * @since 1.0
 */
public record AccountState(
        Account account,
        List<Cooldown> cooldowns,
        List<UsageWindow> windows,
        @Nullable Instant sessionOpenedAt,
        int maxInFlight) {

    public AccountState {
        Objects.requireNonNull(account, "account");
        cooldowns = List.copyOf(cooldowns);
        windows = List.copyOf(windows);
    }
}
