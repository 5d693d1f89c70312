package io.ccflare.api.record;

import io.ccflare.api.account.Account;
import io.ccflare.api.state.Cooldown;

/**
 * Told of facts after they happened; can change nothing. A request log is one of these.
 *
 * <p><b>Threads.</b> All listeners of a gateway run one after the other on one thread of the gateway, off every client's path. They
 * should be quick: a slow one delays the others, and when more than the gateway's bound of facts wait (65,536), new ones are
 * dropped and counted. What a listener throws is logged with its trace and counted, and changes nothing else.
 *
 * @since 1.0
 */
public interface GatewayListener {

    /** A request ended: called exactly once for each. */
    default void requestEnded(RequestRecord record) {}

    /** An account, or one of its model classes, is not offered for a while. */
    default void cooled(Account account, Cooldown cooldown) {}
}
