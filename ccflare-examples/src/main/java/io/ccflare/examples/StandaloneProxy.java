package io.ccflare.examples;

import io.ccflare.adapter.javalin.JavalinGateway;
import io.ccflare.api.account.Account;
import io.ccflare.api.routing.AccountState;
import io.ccflare.api.state.Cooldown;
import io.ccflare.core.ConfigurationException;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewayBuilder;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.GatewayStatus;
import io.ccflare.core.routing.LeastLoadedStrategy;
import io.ccflare.store.jdbc.JdbcStoreException;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that needs no host: the API under {@code /v1}, its state in a SQLite file, {@code GET /health} for those who watch
 * it. Set up by the environment:
 *
 * <ul>
 *   <li>{@code PORT}: default 8080, 0 for a free one; {@code HOST}: default 127.0.0.1
 *   <li>{@code CLAUDE_API_KEYS}: {@code key,name=key,...}, an account each. They are not written to the database. Without any,
 *       and with none in the database, it starts as a demo against an imitation of the API
 *   <li>{@code LB_STRATEGY}: {@code session} (default) or {@code least-loaded}; {@code SESSION_DURATION_MS}: default five hours
 *   <li>{@code CCFLARE_DB_PATH}: default {@code data/ccflare.db}; {@code CCFLARE_ENCRYPTION_KEY}: 32 bytes for the credentials in it
 *   <li>{@code CCFLARE_ANTHROPIC_URL}: another upstream than the real one
 * </ul>
 *
 * <p>It authenticates nobody. SIGTERM lets open streams end, for up to 30 seconds. A restart finds cooldowns, sessions and records again.
 */
public final class StandaloneProxy implements AutoCloseable {

    private static final int REFUSED = 2;

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private @Nullable Gateway gateway;
    private @Nullable Javalin javalin;

    private StandaloneProxy() {}

    /** Starts it, until the process is asked to end; ends with status 2 and all reasons when it cannot start. */
    public static void main(String[] args) {
        Console.quiet();
        try {
            Console.closeAtExit(start(System.getenv(), System.out));
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            System.exit(REFUSED);
        }
    }

    /**
     * Starts a proxy.
     *
     * @param out told, in a few lines, what was started and what to do next
     * @throws ConfigurationException with all that is wrong and what to do about each; nothing is left running then
     */
    public static StandaloneProxy start(Map<String, String> environment, PrintStream out) {
        StandaloneProxy proxy = new StandaloneProxy();
        List<String> problems = new ArrayList<>();
        try {
            proxy.start(ProxySettings.read(environment, problems), problems, out);
            return proxy;
        } catch (ConfigurationException e) {
            proxy.close();
            throw e;
        }
    }

    private void start(ProxySettings settings, List<String> problems, PrintStream out) {
        ProxyDatabase database = open(settings, problems);
        checkPort(settings, problems);
        boolean demo = database != null
                && database.accounts().isEmpty()
                && settings.keys().isEmpty();
        if (demo && settings.upstream() != null) {
            problems.add(
                    "CCFLARE_ANTHROPIC_URL is set, and there is no account to use there; set CLAUDE_API_KEYS too, or"
                            + " neither of them for a demo");
        }
        if (database == null || !problems.isEmpty()) {
            throw refused(problems);
        }
        GatewayBuilder builder = demo ? demo() : accounts(settings, database);
        builder.settings(GatewaySettings.builder()
                .sessionDuration(settings.sessionDuration())
                .build());
        if (settings.strategy() == ProxySettings.Strategy.LEAST_LOADED) {
            builder.strategy(new LeastLoadedStrategy());
        }
        Gateway built = builder.build();
        gateway = built;
        javalin = listen(settings, built);
        resources.push(javalin::stop);
        // Before everything else, so that open streams end in peace.
        resources.push(built);
        new Greeting(settings, port(), names(built), demo).print(out);
    }

    private static ConfigurationException refused(List<String> problems) {
        return new ConfigurationException("the configuration of the proxy", problems, null);
    }

    private @Nullable ProxyDatabase open(ProxySettings settings, List<String> problems) {
        try {
            ProxyDatabase database = ProxyDatabase.open(settings.database(), settings.encryptionKey());
            resources.push(database);
            Set<String> stored = database.accounts().stream().map(Account::name).collect(Collectors.toSet());
            for (Account key : settings.keys()) {
                if (stored.contains(key.name())) {
                    problems.add("CLAUDE_API_KEYS: an account in the database has the name '" + key.name()
                            + "' too; give the key another name");
                }
            }
            return database;
        } catch (JdbcStoreException e) {
            problems.add("CCFLARE_DB_PATH: " + e.getMessage());
        } catch (SQLException e) {
            problems.add("CCFLARE_DB_PATH: the accounts in " + settings.database() + " cannot be read: "
                    + e.getMessage() + "; restore a backup, or name another file");
        }
        return null;
    }

    private static void checkPort(ProxySettings settings, List<String> problems) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (IOException e) {
            problems.add(portTaken(settings, e));
        }
    }

    private static String portTaken(ProxySettings settings, Exception e) {
        return "PORT " + settings.port() + " on " + settings.host().getHostAddress() + " cannot be listened on ("
                + e.getMessage() + "); end what listens there, or set another PORT (0 takes a free one) or HOST";
    }

    private GatewayBuilder demo() {
        Demo demo = Demo.start();
        resources.push(demo);
        return Gateway.builder(demo::accounts);
    }

    private static GatewayBuilder accounts(ProxySettings settings, ProxyDatabase database) {
        return Gateway.builder(new ProxyAccounts(database.store().accounts(), settings.keys(), settings.upstream()))
                .sharedState(database.store().state())
                .listener(database.store().log());
    }

    private Javalin listen(ProxySettings settings, Gateway mounted) {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.startupWatcherEnabled = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.jetty.host = settings.host().getHostAddress();
            config.jetty.port = settings.port();
            config.routes.get("/health", this::health);
            JavalinGateway.mount(config, "/v1", mounted);
        });
        try {
            return server.start();
        } catch (JavalinBindException e) {
            mounted.close();
            throw refused(List.of(portTaken(settings, e)));
        }
    }

    /** Always 200 while the proxy runs, since restarting it makes no account usable; {@code status} tells whether one is. */
    private void health(Context context) {
        GatewayStatus status = running().status();
        Instant now = Instant.now();
        long usable = status.accounts().stream()
                .filter(account -> usable(account.state(), now))
                .count();
        context.contentType("application/json");
        context.result("{\"status\":\"" + (usable > 0 ? "ok" : "limited") + "\",\"accounts\":{\"usable\":" + usable
                + ",\"total\":" + status.accounts().size() + "},\"in_flight\":" + status.inFlight() + "}\n");
    }

    /** For every model; one that is limited for some models only does not count. */
    private static boolean usable(AccountState state, Instant now) {
        return !state.account().paused()
                && state.cooldowns().stream()
                        .noneMatch(
                                cooldown -> cooldown.kind() != Cooldown.Kind.BACKOFF && now.isBefore(cooldown.until()));
    }

    private static List<String> names(Gateway gateway) {
        return gateway.status().accounts().stream()
                .map(account -> account.state().account().name())
                .toList();
    }

    private Gateway running() {
        if (gateway == null) {
            throw new IllegalStateException("the proxy has not started");
        }
        return gateway;
    }

    /** The port it listens on. */
    public int port() {
        return javalin == null ? 0 : javalin.port();
    }

    /** Lets open streams end, for up to 30 seconds, and ends all of it. Idempotent. */
    @Override
    public void close() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                System.getLogger(StandaloneProxy.class.getName())
                        .log(System.Logger.Level.WARNING, "a part of the proxy did not close", e);
            }
        }
    }
}
