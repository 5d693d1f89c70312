package io.ccflare.api.account;

import java.util.List;

/**
 * Where the accounts of a gateway come from. A host implements this one method over the table it has.
 *
 * <pre>{@code
 * AccountStore store = () -> jdbi.withHandle(h -> h.createQuery("select id, name, api_key from llm_account order by id")
 *         .map((row, ctx) -> Account.builder(row.getString("id"), row.getString("name"),
 *                 Credential.apiKey(row.getString("api_key"))).build())
 *         .list());
 * }</pre>
 *
 * <p><b>Threads.</b> Called by the thread that builds the gateway, later by one of the gateway's own, never by that of a client's
 * request; calls of one gateway do not overlap. It may block. Two gateways that share a store may call it at the same time.
 *
 * <p><b>When.</b> Once while the gateway is built, then every 30 seconds (a setting) and whenever the host calls {@code reload()}.
 *
 * <p><b>More abilities</b> are subtypes: {@link RotatingAccountStore} for accounts that sign in by OAuth,
 * {@link WatchableAccountStore} for stores that can tell of changes, {@link EditableAccountStore} for stores whose accounts can be
 * edited. A table of keys needs none of them.
 *
 * @since 1.0
 */
@FunctionalInterface
public interface AccountStore {

    /**
     * All accounts, paused ones too, in the order in which accounts of equal standing are to be preferred.
     *
     * <p>Ids and names must be unique. The list is read once and not kept. An account that is missing from it is gone: no
     * new request goes to it, running ones end in peace. A changed credential lifts what the old one was refused for.
     *
     * @return the accounts; empty when there are none; never null
     * @throws Exception when the accounts cannot be read. While the gateway is built this makes {@code build()} fail; later the
     *     gateway logs it, keeps the accounts it has and asks again
     */
    List<Account> accounts() throws Exception;
}
