package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.core.ConfigurationException;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.fake.Fault;
import io.ccflare.store.jdbc.EncryptionKey;
import io.ccflare.store.jdbc.JdbcStore;
import io.ccflare.store.jdbc.Sqlite;
import io.ccflare.store.jdbc.SqliteDataSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stand-alone proxy, started as its main starts it, in every situation that its page names. */
class StandaloneProxyTest {

    private static final String HEX_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0".repeat(2);

    @TempDir
    Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private StandaloneProxy start(String... variables) {
        return StandaloneProxy.start(environment(variables), new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private Map<String, String> environment(String... variables) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PORT", "0");
        environment.put("CCFLARE_DB_PATH", database().toString());
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return environment;
    }

    private Path database() {
        return folder.resolve("data").resolve("ccflare.db");
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private ConfigurationException refused(String... variables) {
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class, () -> start(variables).close());
        assertThat(refused).as("it started").isNotNull();
        assertThat(printed()).as("what a refused start prints").isEmpty();
        return refused;
    }

    private static RawHttp.Response get(StandaloneProxy proxy, String path) throws IOException {
        return RawHttp.exchange(proxy.port(), RawHttp.request("GET", path, ""));
    }

    private static RawHttp.Response message(StandaloneProxy proxy) throws IOException {
        return RawHttp.exchange(proxy.port(), RawHttp.message(false));
    }

    @Test
    void without_a_key_it_is_a_demo_and_says_so() throws Exception {
        try (StandaloneProxy proxy = start()) {
            String url = "http://127.0.0.1:" + proxy.port();
            assertThat(printed())
                    .contains("listening on " + url)
                    .contains("THIS IS A DEMO", "'demo-limited' is rate-limited", "CLAUDE_API_KEYS")
                    .contains("strategy   session, an account's session lasts 5h")
                    .contains("accounts   demo-limited, demo-two, demo-three")
                    .contains("database   " + database())
                    .contains("curl -i " + url + "/v1/messages")
                    .contains("export ANTHROPIC_BASE_URL=" + url)
                    .doesNotContain("WARNING", "key-of");
            RawHttp.Response answer = message(proxy);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers())
                    .containsEntry("ccflare-account", "demo-two")
                    .containsEntry("ccflare-attempts", "2");
        }
        assertThat(count("request")).as("records in the database after a demo").isZero();
    }

    @Test
    void health_tells_how_many_accounts_are_usable() throws Exception {
        try (StandaloneProxy proxy = start()) {
            assertThat(get(proxy, "/health").headers()).containsEntry("content-type", "application/json");
            assertThat(get(proxy, "/health").text())
                    .isEqualTo("{\"status\":\"ok\",\"accounts\":{\"usable\":3,\"total\":3},\"in_flight\":0}\n");
            message(proxy);
            assertThat(get(proxy, "/health").text()).contains("\"accounts\":{\"usable\":2,\"total\":3}");
        }
    }

    @Test
    void keys_become_accounts_that_serve_at_the_upstream_named() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            upstream.account("secret-1").fault(Fault.RATE_LIMITED);
            upstream.account("secret-2");
            try (StandaloneProxy proxy = start(
                    "CLAUDE_API_KEYS", "work = secret-1 , secret-2",
                    "CCFLARE_ANTHROPIC_URL", upstream.uri().toString(),
                    "LB_STRATEGY", "least-loaded")) {
                assertThat(printed())
                        .contains("strategy   least-loaded")
                        .containsPattern("accounts   work, key-[0-9a-f]{6}\n")
                        .doesNotContain("DEMO", "secret-");
                assertThat(message(proxy).status()).isEqualTo(200);
                assertThat(upstream.account("secret-1").count()).isEqualTo(1);
                assertThat(upstream.account("secret-2").count()).isEqualTo(1);
            }
            assertThat(count("request")).isEqualTo(1);
            assertThat(count("account")).as("keys in the database").isZero();
        }
    }

    @Test
    void a_restart_is_warm() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            upstream.account("key-1").fault(Fault.UNIFIED_REJECTED_5H);
            upstream.account("key-2");
            String[] variables = {
                "CLAUDE_API_KEYS",
                "one=key-1,two=key-2",
                "CCFLARE_ANTHROPIC_URL",
                upstream.uri().toString()
            };
            try (StandaloneProxy proxy = start(variables)) {
                assertThat(message(proxy).status()).isEqualTo(200);
            }
            try (StandaloneProxy proxy = start(variables)) {
                assertThat(get(proxy, "/health").text()).contains("\"usable\":1,\"total\":2");
                assertThat(message(proxy).headers()).containsEntry("ccflare-attempts", "1");
            }
            assertThat(upstream.account("key-1").count())
                    .as("asked once, and not again")
                    .isEqualTo(1);
            assertThat(count("request")).isEqualTo(2);

            variables[1] = "one=key-3,two=key-2";
            upstream.account("key-3");
            try (StandaloneProxy proxy = start(variables)) {
                assertThat(get(proxy, "/health").text())
                        .as("another key under the same name begins afresh")
                        .contains("\"usable\":2,\"total\":2");
            }
        }
    }

    @Test
    void accounts_in_the_database_are_used_and_encrypted_with_the_key() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            upstream.account("stored-secret");
            store("stored", "stored-secret", null);
            try (StandaloneProxy proxy = start(
                    "CCFLARE_ENCRYPTION_KEY",
                    HEX_KEY,
                    "CCFLARE_ANTHROPIC_URL",
                    upstream.uri().toString())) {
                assertThat(printed()).contains("accounts   stored\n").doesNotContain("DEMO");
                assertThat(message(proxy).status()).isEqualTo(200);
            }
            assertThat(Files.readString(database(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("stored-secret");
        }
    }

    @Test
    void open_to_other_machines_it_warns_loudly() {
        try (StandaloneProxy proxy = start("HOST", "0.0.0.0")) {
            assertThat(printed()).contains("!! WARNING", "authenticates nobody", "127.0.0.1:" + proxy.port());
        }
    }

    @Test
    void all_that_is_wrong_is_said_at_once_and_no_secret_with_it() throws Exception {
        ConfigurationException refused = refused(
                "PORT", "80800",
                "HOST", "no host.invalid",
                "LB_STRATEGY", "round-robin",
                "SESSION_DURATION_MS", "5h",
                "CCFLARE_ENCRYPTION_KEY", "a-short-secret",
                "CCFLARE_ANTHROPIC_URL", "api.anthropic.com",
                "CCFLARE_DB_PATH", folder.toString(),
                "CLAUDE_API_KEYS", "a=secret-1,a=secret-2,b=secret-1,,sk-ant-oat01-secret");
        assertThat(refused.problems())
                .satisfiesExactlyInAnyOrder(
                        p -> assertThat(p)
                                .startsWith("PORT must be a number from 0")
                                .endsWith("not 80800"),
                        p -> assertThat(p).startsWith("HOST is not an address of this machine"),
                        p -> assertThat(p).isEqualTo("LB_STRATEGY must be session or least-loaded, not round-robin"),
                        p -> assertThat(p).startsWith("SESSION_DURATION_MS must be milliseconds"),
                        p -> assertThat(p).startsWith("CCFLARE_ENCRYPTION_KEY").contains("openssl rand -hex 32"),
                        p -> assertThat(p).startsWith("CCFLARE_ANTHROPIC_URL").contains("https://api.anthropic.com"),
                        p -> assertThat(p).startsWith("CCFLARE_DB_PATH").contains("is a folder"),
                        p -> assertThat(p).contains("entry 2", "the name 'a' is there twice"),
                        p -> assertThat(p).contains("entry 3", "this key is there twice"),
                        p -> assertThat(p).contains("entry 4", "there is no key"),
                        p -> assertThat(p).contains("entry 5", "the token of a sign-in"));
        assertThat(refused.getMessage()).contains("11 problems").doesNotContain("secret");
    }

    @Test
    void a_port_in_use_is_refused() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(other.getLocalPort());
            assertThat(refused("PORT", port).problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p).startsWith("PORT " + port).contains("set another PORT"));
        }
    }

    @Test
    void a_file_that_is_no_database_is_refused() throws Exception {
        Files.createDirectories(database().getParent());
        Files.writeString(database(), "This is not a database, whatever its name says. ".repeat(100));
        assertThat(refused().problems())
                .singleElement()
                .satisfies(p -> assertThat(p).startsWith("CCFLARE_DB_PATH").contains("no SQLite database"));
    }

    @Test
    void a_database_of_a_newer_version_is_refused() throws Exception {
        start().close();
        printed.reset();
        try (SqliteDataSource source = Sqlite.open(database());
                Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("update ccflare_schema_version set version = 4711 where version ="
                    + " (select max(version) from ccflare_schema_version)");
        }
        assertThat(refused().problems())
                .singleElement()
                .satisfies(p -> assertThat(p).contains("newer version of ccflare", "4711", "another database"));
    }

    @Test
    void a_wrong_or_missing_encryption_key_is_refused() throws Exception {
        store("stored", "stored-secret", EncryptionKey.of(HEX_KEY));
        assertThat(refused().problems())
                .singleElement()
                .satisfies(p -> assertThat(p).contains("no encryption key is given", "CCFLARE_ENCRYPTION_KEY"));
        assertThat(refused("CCFLARE_ENCRYPTION_KEY", "a".repeat(64)).problems())
                .singleElement()
                .satisfies(p -> assertThat(p).contains("wrong encryption key"));
    }

    @Test
    void a_name_that_is_in_the_database_already_is_refused() throws Exception {
        store("work", "stored-secret", null);
        assertThat(refused("CLAUDE_API_KEYS", "work=another-secret").problems())
                .singleElement()
                .satisfies(p -> assertThat(p).contains("'work'", "give the key another name"));
    }

    @Test
    void an_upstream_without_an_account_is_refused_rather_than_shown_a_demo() {
        assertThat(refused("CCFLARE_ANTHROPIC_URL", "http://127.0.0.1:9").problems())
                .singleElement()
                .satisfies(p -> assertThat(p).contains("set CLAUDE_API_KEYS too"));
    }

    @Test
    void a_refused_start_leaves_nothing_open() throws Exception {
        store("work", "stored-secret", null);
        refused("CLAUDE_API_KEYS", "work=another-secret");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement()) {
            // Only possible when nobody else has the file open.
            statement.execute("pragma locking_mode = exclusive");
            statement.execute("update ccflare_account set priority = 1");
        }
    }

    @Test
    void closing_lets_an_open_stream_end() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            upstream.account("key-1").fault(Fault.STALL);
            StandaloneProxy proxy = start(
                    "CLAUDE_API_KEYS",
                    "key-1",
                    "CCFLARE_ANTHROPIC_URL",
                    upstream.uri().toString());
            try (RawHttp http = new RawHttp(proxy.port())) {
                http.send(RawHttp.message(true));
                upstream.account("key-1").awaitStalled(1, Duration.ofSeconds(20));
                Thread closing = new Thread(proxy::close);
                closing.start();
                awaitRefusal(proxy.port());
                upstream.account("key-1").release();
                RawHttp.Response whole = http.read();
                closing.join(20_000);
                assertThat(closing.isAlive()).isFalse();
                assertThat(whole.end()).isEqualTo(RawHttp.End.WHOLE);
                assertThat(whole.text()).endsWith("data: {\"type\":\"message_stop\"}\n\n");
            }
        }
    }

    /** Until the proxy says that it is closing. */
    private static void awaitRefusal(int port) throws IOException {
        RawHttp.Response answer;
        do {
            answer = RawHttp.exchange(port, RawHttp.request("GET", "/v1/nothing", ""));
        } while (answer.status() != 503);
        assertThat(answer.text()).contains("shutting down");
    }

    @Test
    void after_closing_the_port_is_free() throws Exception {
        StandaloneProxy proxy = start();
        int port = proxy.port();
        proxy.close();
        proxy.close();
        assertThat(catchThrowableOfType(IOException.class, () -> new Socket("127.0.0.1", port).close()))
                .isNotNull();
    }

    private void store(String name, String key, @Nullable EncryptionKey encryption) throws Exception {
        try (SqliteDataSource source = Sqlite.open(database());
                JdbcStore store =
                        JdbcStore.builder(source).encryptionKey(encryption).build()) {
            store.accounts()
                    .add(Account.builder("id-" + name, name, Credential.apiKey(key))
                            .build());
        }
    }

    private long count(String table) throws SQLException {
        try (SqliteDataSource source = Sqlite.open(database());
                Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from ccflare_" + table)) {
            return row.getLong(1);
        }
    }
}
