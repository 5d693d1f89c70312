package io.ccflare.store.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Decides once, when the store is opened, whether credentials are encrypted, and holds to it. All of a database is encrypted, with one key,
 * or none of it: a check value in the database tells. There is no way back to plain text. Thread-safe.
 */
final class Vault {

    private static final System.Logger LOG = System.getLogger(Vault.class.getName());
    private static final String CHECK_NAME = "encryption";
    private static final String CHECK_VALUE = "ccflare";

    private final Sql sql;
    private final @Nullable Seal seal;
    private final AtomicBoolean warned = new AtomicBoolean();

    private Vault(Sql sql, @Nullable Seal seal) {
        this.sql = sql;
        this.seal = seal;
    }

    /**
     * Checks the key against the database; encrypts what is still in plain text when a key is given for the first time.
     *
     * @throws JdbcStoreException if the key is wrong, or none is given and one is needed
     */
    static Vault open(Jdbc jdbc, Sql sql, @Nullable EncryptionKey key) throws SQLException {
        Vault vault = new Vault(sql, key == null ? null : new Seal(key));
        if (vault.seal == null) {
            boolean holdsSecrets = jdbc.read(tx -> {
                vault.requirePlain(tx);
                return !tx.query(sql.selectSecrets(), row -> true).isEmpty();
            });
            if (holdsSecrets) {
                vault.warnOnce();
            }
        } else if (!jdbc.read(vault::isEncryptedWithThisKey)) {
            jdbc.scrub(vault::encryptAll);
        }
        return vault;
    }

    /** Seals a value to be stored; must run in the transaction that stores it. */
    String seal(String value, String accountId, String column) {
        if (seal == null) {
            warnOnce();
            return value;
        }
        return seal.seal(value, sql.table("account"), accountId, column);
    }

    /** As soon as a credential is there in plain text, and not before. */
    private void warnOnce() {
        if (warned.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "No encryption key is set: the credentials of all accounts are stored in PLAIN TEXT. Make a key with"
                            + " `openssl rand -hex 32`, keep it apart from the database, and give it to the store; what is stored is"
                            + " encrypted then.");
        }
    }

    /** Opens a stored value. */
    String open(String stored, String accountId, String column) {
        return seal == null ? stored : seal.open(stored, sql.table("account"), accountId, column);
    }

    /** Fails if another process has encrypted the database since this one opened it. Cheap; begin every transaction with it. */
    void check(Transaction tx) throws SQLException {
        if (seal == null) {
            requirePlain(tx);
        }
    }

    private void requirePlain(Transaction tx) throws SQLException {
        String check = tx.first(sql.selectMeta(), row -> row.text("content"), CHECK_NAME);
        if (check != null) {
            throw new JdbcStoreException(
                    "the credentials in this database are encrypted, and no encryption key is given; give the key "
                            + keyIdOf(check) + " (for the stand-alone proxy: CCFLARE_ENCRYPTION_KEY) and start again");
        }
    }

    private boolean isEncryptedWithThisKey(Transaction tx) throws SQLException {
        String check = tx.first(sql.selectMeta(), row -> row.text("content"), CHECK_NAME);
        if (check == null || seal == null) {
            return false;
        }
        if (!keyIdOf(check).equals(seal.keyId())) {
            throw new JdbcStoreException(
                    "wrong encryption key: the credentials in this database are encrypted with the key "
                            + keyIdOf(check) + ", the one given is " + seal.keyId()
                            + " (ids are digests, not the keys themselves). Nothing was changed");
        }
        seal.open(check, sql.table("meta"), CHECK_NAME, "content");
        return true;
    }

    private @Nullable Void encryptAll(Transaction tx) throws SQLException {
        if (seal == null || isEncryptedWithThisKey(tx)) {
            return null;
        }
        tx.update(sql.insertMeta(), CHECK_NAME, seal.seal(CHECK_VALUE, sql.table("meta"), CHECK_NAME, "content"));
        List<@Nullable Object[]> rows = new ArrayList<>();
        tx.query(sql.selectSecrets(), row -> {
            String id = row.text("id");
            String refresh = row.textOrNull("refresh_secret");
            return rows.add(new @Nullable Object[] {
                seal(row.text("secret"), id, "secret"), refresh == null ? null : seal(refresh, id, "refresh_secret"), id
            });
        });
        tx.batch(sql.updateSecrets(), rows);
        if (!rows.isEmpty()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Encrypted the credentials of {0} accounts with the key {1}",
                    rows.size(),
                    seal.keyId());
        }
        return null;
    }

    private static String keyIdOf(String sealed) {
        String[] parts = sealed.split("\\.", -1);
        return parts.length > 1 ? parts[1] : "unknown";
    }
}
