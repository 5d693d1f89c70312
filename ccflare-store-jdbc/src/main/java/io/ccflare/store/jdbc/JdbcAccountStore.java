package io.ccflare.store.jdbc;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.EditableAccountStore;
import io.ccflare.api.account.RotatingAccountStore;
import io.ccflare.api.account.Secret;
import io.ccflare.api.time.TimeSource;
import java.net.URI;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Accounts in a table, in the order in which they were added; encrypted when the store has a key. Thread-safe; each method is one
 * transaction, durable when it returns. Claims lapse by the store's time source: the clocks of nodes that share a database must agree
 * to within a few seconds. Times are kept to the millisecond.
 *
 * <p>Beyond what the interfaces say, methods throw {@link SQLException} when the database fails, and {@link JdbcStoreException} when a
 * credential does not open with the key.
 *
 * @since 1.0
 */
public final class JdbcAccountStore implements RotatingAccountStore, EditableAccountStore {

    private static final String API_KEY = "api_key";
    private static final String OAUTH = "oauth";

    private final Jdbc jdbc;
    private final Sql sql;
    private final Vault vault;
    private final TimeSource time;

    JdbcAccountStore(Jdbc jdbc, Sql sql, Vault vault, TimeSource time) {
        this.jdbc = jdbc;
        this.sql = sql;
        this.vault = vault;
        this.time = time;
    }

    @Override
    public List<Account> accounts() throws SQLException {
        return jdbc.read(tx -> {
            vault.check(tx);
            return List.copyOf(tx.query(sql.selectAccounts(), this::account));
        });
    }

    @Override
    public boolean claimRefresh(String accountId, String revision, Instant until) throws SQLException {
        return jdbc.write(
                tx -> tx.update(sql.claimRefresh(), until.toEpochMilli(), accountId, revision, time.nowMillis()) == 1);
    }

    @Override
    public Replacement replaceCredential(String accountId, String revision, Credential credential) throws SQLException {
        return jdbc.write(tx -> {
            vault.check(tx);
            Sealed sealed = seal(accountId, credential);
            int replaced = tx.update(
                    sql.replaceCredential(),
                    sealed.kind,
                    sealed.secret,
                    sealed.refresh,
                    sealed.expiresAt,
                    newRevision(),
                    accountId,
                    revision);
            Account current = find(tx, accountId);
            if (current == null) {
                return new Replacement.Gone();
            }
            return replaced == 1 ? new Replacement.Stored(current) : new Replacement.Conflict(current);
        });
    }

    @Override
    public Edit add(Account account) throws SQLException {
        return jdbc.write(tx -> {
            vault.check(tx);
            if (count(tx, sql.countAccounts(), account.id(), account.name()) > 0) {
                return new Edit.NameTaken();
            }
            Sealed sealed = seal(account.id(), account.credential());
            URI endpoint = account.endpoint();
            tx.update(
                    sql.insertAccount(),
                    account.id(),
                    account.name(),
                    account.provider(),
                    count(tx, sql.nextPosition()),
                    account.priority(),
                    endpoint == null ? null : endpoint.toString(),
                    account.paused() ? 1 : 0,
                    account.quotaDomain(),
                    account.maxInFlight(),
                    sealed.kind,
                    sealed.secret,
                    sealed.refresh,
                    sealed.expiresAt,
                    newRevision());
            return edited(tx, account.id());
        });
    }

    @Override
    public Edit rename(String accountId, String name) throws SQLException {
        return jdbc.write(tx -> {
            vault.check(tx);
            Account account = find(tx, accountId);
            if (account == null) {
                return new Edit.Gone();
            }
            Account renamed = account.toBuilder().name(name).build();
            if (count(tx, sql.countOthersNamed(), name, accountId) > 0) {
                return new Edit.NameTaken();
            }
            tx.update(sql.renameAccount(), name, accountId);
            return new Edit.Done(renamed);
        });
    }

    @Override
    public Edit pause(String accountId, boolean paused) throws SQLException {
        return jdbc.write(tx -> {
            vault.check(tx);
            tx.update(sql.pauseAccount(), paused ? 1 : 0, accountId);
            return edited(tx, accountId);
        });
    }

    @Override
    public boolean remove(String accountId) throws SQLException {
        return jdbc.write(tx -> tx.update(sql.deleteAccount(), accountId) == 1);
    }

    private Edit edited(Transaction tx, String accountId) throws SQLException {
        Account account = find(tx, accountId);
        return account == null ? new Edit.Gone() : new Edit.Done(account);
    }

    private @Nullable Account find(Transaction tx, String accountId) throws SQLException {
        return tx.first(sql.selectAccount(), this::account, accountId);
    }

    private static long count(Transaction tx, String query, @Nullable Object... values) throws SQLException {
        Long count = tx.first(query, row -> row.number("n"), values);
        return count == null ? 0 : count;
    }

    private Account account(Row row) throws SQLException {
        String endpoint = row.textOrNull("endpoint");
        return Account.builder(row.text("id"), row.text("name"), credential(row))
                .provider(row.text("provider"))
                .priority(row.integer("priority"))
                .endpoint(endpoint == null ? null : URI.create(endpoint))
                .paused(row.flag("paused"))
                .quotaDomain(row.textOrNull("quota_domain"))
                .maxInFlight(row.integer("max_in_flight"))
                .revision(row.text("revision"))
                .build();
    }

    private Credential credential(Row row) throws SQLException {
        String id = row.text("id");
        String kind = row.text("kind");
        Secret secret = Secret.of(vault.open(row.text("secret"), id, "secret"));
        if (kind.equals(API_KEY)) {
            return new Credential.ApiKey(secret);
        }
        if (!kind.equals(OAUTH)) {
            throw new JdbcStoreException("the account " + id + " has a credential of the kind " + kind
                    + ", which this version does not know (" + API_KEY + ", " + OAUTH + ")");
        }
        String refresh = row.textOrNull("refresh_secret");
        return new Credential.OAuth(
                secret,
                refresh == null ? null : Secret.of(vault.open(refresh, id, "refresh_secret")),
                row.instantOrNull("expires_at"));
    }

    private Sealed seal(String accountId, Credential credential) {
        if (credential instanceof Credential.OAuth oauth) {
            Secret refresh = oauth.refresh();
            Instant expiresAt = oauth.expiresAt();
            return new Sealed(
                    OAUTH,
                    vault.seal(oauth.access().reveal(), accountId, "secret"),
                    refresh == null ? null : vault.seal(refresh.reveal(), accountId, "refresh_secret"),
                    expiresAt == null ? null : expiresAt.toEpochMilli());
        }
        Credential.ApiKey apiKey = (Credential.ApiKey) credential;
        return new Sealed(API_KEY, vault.seal(apiKey.key().reveal(), accountId, "secret"), null, null);
    }

    /** Never given twice, so that an account that was removed and added again is another one. */
    private static String newRevision() {
        return UUID.randomUUID().toString();
    }

    /** A credential as the columns of the table. */
    private record Sealed(
            String kind,
            String secret,
            @Nullable String refresh,
            @Nullable Long expiresAt) {

        /** Shows no secret: without a key they are plain. */
        @Override
        public String toString() {
            return "Sealed[" + kind + "]";
        }
    }
}
