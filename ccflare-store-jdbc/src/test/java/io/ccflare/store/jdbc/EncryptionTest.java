package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptionTest {

    private static final String HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f0".repeat(2);
    private static final EncryptionKey KEY = EncryptionKey.of(HEX);
    private static final EncryptionKey OTHER_KEY = EncryptionKey.of("a".repeat(64));
    private static final List<String> SECRETS = List.of("visible-api-key", "visible-access", "visible-refresh");

    @TempDir
    Path folder;

    private TestDatabase database;

    @BeforeEach
    void open() {
        database = new TestDatabase(folder.resolve("encryption.db"));
    }

    @AfterEach
    void close() throws SQLException {
        database.assertNothingLeaked();
        database.close();
    }

    @Test
    void no_secret_is_in_the_files_of_an_encrypted_database() throws Exception {
        try (JdbcStore store = database.store().encryptionKey(KEY).build()) {
            addAccounts(store);
            assertNoSecretInFiles();
        }
        database.close();
        assertNoSecretInFiles();
    }

    @Test
    void without_a_key_secrets_are_in_the_files() throws Exception {
        try (JdbcStore store = database.store().build()) {
            addAccounts(store);
        }
        assertThat(bytesOfAllFiles()).as("else the other tests prove nothing").contains(SECRETS.get(0));
    }

    @Test
    void plain_text_is_warned_of_when_there_is_some_and_not_before() throws Exception {
        List<String> warnings = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                warnings.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(Vault.class.getName());
        logger.addHandler(handler);
        try {
            try (JdbcStore store = database.store().build()) {
                assertThat(warnings).isEmpty();
                addAccounts(store);
                assertThat(warnings).singleElement(STRING).contains("PLAIN TEXT");
            }
            try (JdbcStore again = database.store().build()) {
                assertThat(again.accounts().accounts()).isNotEmpty();
                assertThat(warnings).as("told at the next start too").hasSize(2);
            }
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Test
    void what_was_stored_in_plain_text_is_encrypted_when_a_key_is_given() throws Exception {
        List<Account> before;
        try (JdbcStore plain = database.store().build()) {
            addAccounts(plain);
            before = plain.accounts().accounts();
        }
        try (JdbcStore encrypted = database.store().encryptionKey(KEY).build()) {
            assertThat(encrypted.accounts().accounts()).isEqualTo(before);
            assertNoSecretInFiles();
        }
        try (JdbcStore again = database.store().encryptionKey(KEY).build()) {
            assertThat(again.accounts().accounts()).isEqualTo(before);
        }
    }

    @Test
    void a_wrong_key_is_refused_and_nothing_is_changed() throws Exception {
        try (JdbcStore store = database.store().encryptionKey(KEY).build()) {
            addAccounts(store);
        }
        assertThatThrownBy(() -> database.store().encryptionKey(OTHER_KEY).build())
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("wrong encryption key")
                .hasMessageContaining(KEY.id())
                .hasMessageContaining(OTHER_KEY.id())
                .hasMessageNotContaining(HEX);
        try (JdbcStore store = database.store().encryptionKey(KEY).build()) {
            assertThat(store.accounts().accounts()).hasSize(2);
        }
    }

    @Test
    void an_encrypted_database_is_not_opened_without_its_key() throws Exception {
        database.store().encryptionKey(KEY).build().close();
        assertThatThrownBy(() -> database.store().build())
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("no encryption key is given")
                .hasMessageContaining("CCFLARE_ENCRYPTION_KEY");
    }

    @Test
    void a_process_without_the_key_stops_working_when_another_encrypts_the_database() throws Exception {
        try (JdbcStore plain = database.store().build()) {
            addAccounts(plain);
            String revision = plain.accounts().accounts().get(0).revision();
            database.store().encryptionKey(KEY).build().close();
            assertThatThrownBy(() -> plain.accounts().accounts()).isInstanceOf(JdbcStoreException.class);
            assertThatThrownBy(() ->
                            plain.accounts().replaceCredential("key", revision, Credential.apiKey("visible-api-key-2")))
                    .isInstanceOf(JdbcStoreException.class);
            assertThatThrownBy(() -> plain.accounts()
                            .add(Account.builder("3", "three", Credential.apiKey("visible-api-key-3"))
                                    .build()))
                    .isInstanceOf(JdbcStoreException.class);
        }
        assertNoSecretInFiles();
    }

    @Test
    void an_altered_value_does_not_open() throws Exception {
        try (JdbcStore store = database.store().encryptionKey(KEY).build()) {
            addAccounts(store);
            String sealed = database.strings("select secret from ccflare_account where id = 'key'")
                    .get(0);
            // The last character is left out: not all of its bits belong to the value.
            for (int i = 0; i < sealed.length() - 1; i += 5) {
                char other = sealed.charAt(i) == 'A' ? 'B' : 'A';
                String altered = sealed.substring(0, i) + other + sealed.substring(i + 1);
                database.execute("update ccflare_account set secret = '" + altered + "' where id = 'key'");
                assertThatThrownBy(() -> store.accounts().accounts())
                        .as("altered at %s", i)
                        .isInstanceOf(JdbcStoreException.class)
                        .hasMessageContaining("ccflare_account/key/secret");
            }
        }
    }

    @Test
    void a_value_moved_to_another_account_or_column_does_not_open() throws Exception {
        try (JdbcStore store = database.store().encryptionKey(KEY).build()) {
            addAccounts(store);
            database.execute("update ccflare_account set refresh_secret = secret where id = 'oauth'");
            assertThatThrownBy(() -> store.accounts().accounts())
                    .isInstanceOf(JdbcStoreException.class)
                    .hasMessageContaining("ccflare_account/oauth/refresh_secret");
            database.execute("update ccflare_account set refresh_secret = null, secret ="
                    + " (select secret from ccflare_account where id = 'key') where id = 'oauth'");
            assertThatThrownBy(() -> store.accounts().accounts())
                    .isInstanceOf(JdbcStoreException.class)
                    .hasMessageContaining("ccflare_account/oauth/secret");
        }
    }

    @Test
    void plain_text_put_into_an_encrypted_database_is_not_used() throws Exception {
        try (JdbcStore store = database.store().encryptionKey(KEY).build()) {
            addAccounts(store);
            database.execute("update ccflare_account set secret = 'visible-api-key' where id = 'key'");
            assertThatThrownBy(() -> store.accounts().accounts())
                    .isInstanceOf(JdbcStoreException.class)
                    .hasMessageContaining("is not encrypted")
                    .hasMessageNotContaining("visible-api-key");
        }
    }

    @Test
    void the_same_value_is_never_sealed_the_same_way_twice() {
        Seal seal = new Seal(KEY);
        assertThat(seal.seal("value", "place")).isNotEqualTo(seal.seal("value", "place"));
        assertThat(seal.open(seal.seal("value", "place"), "place")).isEqualTo("value");
    }

    @Test
    void a_key_is_read_from_hex_and_from_base64() {
        byte[] bytes = HexFormat.of().parseHex(HEX);
        for (String text : List.of(
                HEX.toUpperCase(java.util.Locale.ROOT),
                "  " + HEX + "\n",
                Base64.getEncoder().encodeToString(bytes),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))) {
            assertThat(EncryptionKey.of(text).id()).isEqualTo(KEY.id());
        }
        assertThat(KEY.toString()).doesNotContain(HEX.substring(0, 6)).contains(KEY.id());
    }

    @Test
    void what_is_no_key_is_refused_with_a_way_to_make_one() {
        for (String bad : List.of(
                "", "passphrase", "correct horse battery staple", HEX.substring(2), HEX + "00", "ü".repeat(64))) {
            assertThatThrownBy(() -> EncryptionKey.of(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("32 bytes")
                    .hasMessageContaining(bad.length() + " characters")
                    .hasMessageContaining("openssl rand -hex 32")
                    .satisfies(e -> assertThat(bad.isEmpty() || !e.getMessage().contains(bad))
                            .isTrue());
        }
    }

    private static void addAccounts(JdbcStore store) throws SQLException {
        store.accounts()
                .add(Account.builder("key", "name 1", Credential.apiKey(SECRETS.get(0)))
                        .build());
        store.accounts()
                .add(Account.builder(
                                "oauth",
                                "name 2",
                                new Credential.OAuth(Secret.of(SECRETS.get(1)), Secret.of(SECRETS.get(2)), null))
                        .build());
    }

    private void assertNoSecretInFiles() throws IOException {
        String bytes = bytesOfAllFiles();
        assertThat(SECRETS)
                .allSatisfy(
                        secret -> assertThat(bytes.contains(secret)).as(secret).isFalse());
    }

    private String bytesOfAllFiles() throws IOException {
        StringBuilder bytes = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                bytes.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return bytes.toString();
    }
}
