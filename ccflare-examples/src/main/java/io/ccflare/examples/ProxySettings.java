package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.store.jdbc.EncryptionKey;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says about the stand-alone proxy. A variable that is empty counts as not set.
 *
 * @param host where it listens
 * @param port 0 for a free one
 * @param strategy how accounts are chosen
 * @param sessionDuration how long a session of the strategy {@code session} lasts
 * @param database its file
 * @param encryptionKey what credentials in the database are encrypted with; null for not at all
 * @param keys the accounts of CLAUDE_API_KEYS
 * @param upstream where requests go instead of the real API; null for that
 */
record ProxySettings(
        InetAddress host,
        int port,
        Strategy strategy,
        Duration sessionDuration,
        Path database,
        @Nullable EncryptionKey encryptionKey,
        List<Account> keys,
        @Nullable URI upstream) {

    /** The values of LB_STRATEGY. */
    enum Strategy {
        SESSION("session"),
        LEAST_LOADED("least-loaded");

        private final String text;

        Strategy(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final int LAST_PORT = 65_535;

    /** Reads all of it. What is wrong is added to {@code problems}, a sentence each, and replaced by its default. */
    static ProxySettings read(Map<String, String> environment, List<String> problems) {
        Reader reader = new Reader(environment, problems);
        return new ProxySettings(
                reader.host(),
                reader.port(),
                reader.strategy(),
                reader.sessionDuration(),
                reader.database(),
                reader.encryptionKey(),
                KeysFromEnvironment.read(reader.value("CLAUDE_API_KEYS", ""), problems),
                reader.upstream());
    }

    private record Reader(Map<String, String> environment, List<String> problems) {

        String value(String name, String otherwise) {
            String value = environment.getOrDefault(name, "").strip();
            return value.isEmpty() ? otherwise : value;
        }

        InetAddress host() {
            String host = value("HOST", "127.0.0.1");
            try {
                return InetAddress.getByName(host);
            } catch (UnknownHostException e) {
                problems.add("HOST is not an address of this machine: " + host
                        + "; use 127.0.0.1 for this machine alone, 0.0.0.0 for all networks");
                return InetAddress.getLoopbackAddress();
            }
        }

        int port() {
            long port = number("PORT", 8080);
            if (port < 0 || port > LAST_PORT) {
                problems.add(
                        "PORT must be a number from 0 (any free port) to " + LAST_PORT + ", not " + value("PORT", ""));
                return 0;
            }
            return (int) port;
        }

        Strategy strategy() {
            String text = value("LB_STRATEGY", "session");
            for (Strategy strategy : Strategy.values()) {
                if (strategy.text.equals(text)) {
                    return strategy;
                }
            }
            problems.add("LB_STRATEGY must be session or least-loaded, not " + text);
            return Strategy.SESSION;
        }

        Duration sessionDuration() {
            long millis = number("SESSION_DURATION_MS", Duration.ofHours(5).toMillis());
            if (millis <= 0) {
                problems.add("SESSION_DURATION_MS must be milliseconds above zero, as in 18000000 for five hours, not "
                        + value("SESSION_DURATION_MS", ""));
                return Duration.ofHours(5);
            }
            return Duration.ofMillis(millis);
        }

        /** -1 when it is none, which no caller takes. */
        private long number(String name, long otherwise) {
            try {
                return Long.parseLong(value(name, Long.toString(otherwise)));
            } catch (NumberFormatException e) {
                return -1;
            }
        }

        Path database() {
            String path = value("CCFLARE_DB_PATH", "data/ccflare.db");
            try {
                return Path.of(path);
            } catch (InvalidPathException e) {
                problems.add(
                        "CCFLARE_DB_PATH is not a path: " + e.getMessage() + "; name a file, as in data/ccflare.db");
                return Path.of("data/ccflare.db");
            }
        }

        @Nullable
        EncryptionKey encryptionKey() {
            String key = value("CCFLARE_ENCRYPTION_KEY", "");
            try {
                return key.isEmpty() ? null : EncryptionKey.of(key);
            } catch (IllegalArgumentException e) {
                problems.add("CCFLARE_ENCRYPTION_KEY: " + e.getMessage());
                return null;
            }
        }

        /** Checked by what checks the endpoint of an account. */
        @Nullable
        URI upstream() {
            String url = value("CCFLARE_ANTHROPIC_URL", "");
            if (url.isEmpty()) {
                return null;
            }
            try {
                return KeysFromEnvironment.endpoint(url);
            } catch (IllegalArgumentException e) {
                problems.add("CCFLARE_ANTHROPIC_URL: " + e.getMessage());
                return null;
            }
        }
    }
}
