package io.ccflare.examples;

import io.ccflare.adapter.javalin.JavalinGateway;
import io.ccflare.adapter.servlet.GatewayServlet;
import io.ccflare.adapter.servlet.JettyHangUpWatch;
import io.ccflare.adapter.servlet.ServletMount;
import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.state.SharedState;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.store.jdbc.EncryptionKey;
import io.ccflare.store.jdbc.JdbcStore;
import io.ccflare.store.jdbc.Sqlite;
import io.ccflare.store.jdbc.SqliteDataSource;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;

/** The code that stands in README.md and docs, so that it compiles; {@link DocumentationTest} compares the two. */
final class DocumentedCode {

    /** What a host has anyway. */
    interface Host {
        Handler authentication();

        void list(Context context);

        void info(String message, Object... values);
    }

    private DocumentedCode() {}

    static void readme(Host host) {
        Handler authentication = host.authentication();
        Host notes = host;
        Host log = host;

        AccountStore accounts = () -> List.of(
                Account.builder("1", "team-a", Credential.apiKey(System.getenv("KEY_A")))
                        .build(),
                Account.builder("2", "team-b", Credential.apiKey(System.getenv("KEY_B")))
                        .priority(1)
                        .build());

        Gateway gateway = Gateway.builder(accounts)
                .listener(new GatewayListener() {
                    @Override
                    public void requestEnded(RequestRecord record) {
                        log.info("{} by {} for {}", record, record.accountName(), record.cost());
                    }
                })
                .build();

        Javalin.create(config -> {
                    config.routes.before("/v1/*", authentication); // yours
                    JavalinGateway.mount(config, "/v1", gateway, ctx -> ctx.attribute("user"));
                    config.routes.get("/notes", notes::list); // your own routes stay as they are
                })
                .start(8080);
    }

    static Gateway gateway(AccountStore accountStore, GatewayListener requestLog, SharedState sharedState) {
        Gateway gateway = Gateway.builder(accountStore)
                .listener(requestLog)
                .sharedState(sharedState)
                .settings(GatewaySettings.builder()
                        .timeouts(Timeouts.builder()
                                .waitForAccount(Duration.ofSeconds(10))
                                .build())
                        .build())
                .build();
        return gateway;
    }

    static void javalin(Gateway gateway, Host notes) {
        Handler authentication = notes.authentication();
        Javalin.create(config -> {
                    config.routes.before("/v1/*", authentication);
                    JavalinGateway.mount(config, "/v1", gateway, ctx -> ctx.attribute("user"));
                    config.routes.get("/notes", notes::list);
                })
                .start(8080);
    }

    static void stopping(Gateway gateway) {
        Javalin javalin = Javalin.create(config -> {
            JavalinGateway.mount(config, "/v1", gateway);
            config.jetty.modifyServer(server -> {
                server.insertHandler(new GracefulHandler());
                server.setStopTimeout(30_000);
            });
        });
        javalin.start();
        javalin.stop();
        gateway.close();
    }

    static void stopping(Server server, ServletContextHandler context) {
        server.setHandler(new GracefulHandler(context));
        server.setStopTimeout(30_000);
    }

    static GatewayServlet servlet(Gateway gateway) {
        GatewayServlet servlet = new GatewayServlet(ServletMount.builder(gateway)
                .caller(HttpServletRequest::getRemoteUser)
                .hangUpWatch(new JettyHangUpWatch())
                .build());
        return servlet;
    }

    static CompletableFuture<GatewayResponse> inProcess(Gateway gateway, byte[] json) {
        CompletableFuture<GatewayResponse> answer = gateway.handle(GatewayRequest.builder("POST", "/v1/messages")
                .headers(Headers.of("content-type", "application/json", "anthropic-version", "2023-06-01"))
                .body(FixedBody.of(json))
                .caller("nightly-job")
                .build());
        return answer;
    }

    static AccountStore ownTable(DataSource dataSource) {
        AccountStore store = () -> {
            try (Connection connection = dataSource.getConnection();
                    PreparedStatement select = connection.prepareStatement(
                            "select id, label, secret from llm_key where active order by id");
                    ResultSet rows = select.executeQuery()) {
                List<Account> accounts = new ArrayList<>();
                while (rows.next()) {
                    accounts.add(
                            Account.builder(rows.getString(1), rows.getString(2), Credential.apiKey(rows.getString(3)))
                                    .build());
                }
                return accounts;
            }
        };
        return store;
    }

    static void jdbcStore(String key, String apiKey) throws Exception {
        SqliteDataSource dataSource = Sqlite.open(Path.of("data/ccflare.db"));
        JdbcStore store = JdbcStore.builder(dataSource)
                .encryptionKey(EncryptionKey.of(key))
                .logRetention(Duration.ofDays(90))
                .build();
        store.accounts()
                .add(Account.builder("1", "team-a", Credential.apiKey(apiKey)).build());

        Gateway gateway = Gateway.builder(store.accounts())
                .sharedState(store.state())
                .listener(store.log())
                .build();
        gateway.close();
    }
}
