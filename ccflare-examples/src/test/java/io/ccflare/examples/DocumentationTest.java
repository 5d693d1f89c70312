package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.core.Gateway;
import io.ccflare.core.memory.InMemorySharedState;
import io.ccflare.httpclient.GatewayHttpClient;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages show compiles, and does what they say. */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    /** Without comments and layout, which a page has of its own. */
    private static String bare(String code) {
        return code.replaceAll("//[^\n]*", "").replaceAll("\\s+", "");
    }

    /** Of this module, of the example with one of its own and of the servlet adapter, where the build compiles them too. */
    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (Path module : List.of(
                Path.of("."), ROOT.resolve("ccflare-example-spring-boot"), ROOT.resolve("ccflare-adapter-servlet"))) {
            try (Stream<Path> files = Files.walk(module.resolve("src"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    sources.add(bare(Files.readString(file)));
                }
            }
        }
        return sources;
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/embedding.md", "docs/custom-store.md"})
    void every_snippet_is_code_that_compiles(String page) throws Exception {
        List<String> sources = sources();
        Matcher snippet = SNIPPET.matcher(Files.readString(ROOT.resolve(page)));
        int found = 0;
        while (snippet.find()) {
            found++;
            String code = bare(snippet.group(1));
            assertThat(sources).as(snippet.group(1)).anyMatch(source -> source.contains(code));
        }
        assertThat(found).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "CONTRIBUTING.md",
                "docs/architecture.md",
                "docs/embedding.md",
                "docs/custom-store.md",
                "docs/faults.md"
            })
    void every_link_leads_somewhere(String page) throws Exception {
        Path file = ROOT.resolve(page);
        Matcher link = LINK.matcher(Files.readString(file));
        while (link.find()) {
            assertThat(file.resolveSibling(link.group(1))).exists();
        }
    }

    @Test
    void the_gateway_of_the_page_answers_a_request_from_within_the_process() throws Exception {
        byte[] json =
                "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"
                        .getBytes(StandardCharsets.UTF_8);
        try (Demo demo = Demo.start();
                Gateway gateway =
                        DocumentedCode.gateway(demo::accounts, new GatewayListener() {}, new InMemorySharedState());
                GatewayResponse response =
                        DocumentedCode.inProcess(gateway, json).get(10, TimeUnit.SECONDS)) {
            assertThat(response.status()).isEqualTo(200);
        }
    }

    @Test
    void the_gateway_of_the_page_sends_with_the_http_client_of_vertx() throws Exception {
        byte[] json =
                "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"
                        .getBytes(StandardCharsets.UTF_8);
        Vertx vertx = Vertx.vertx();
        try (Demo demo = Demo.start();
                Gateway gateway = DocumentedCode.overVertx(vertx, demo::accounts);
                GatewayResponse response =
                        DocumentedCode.inProcess(gateway, json).get(10, TimeUnit.SECONDS)) {
            assertThat(response.status()).isEqualTo(200);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void the_client_and_the_sdk_of_the_page_stream_and_answer_without_a_server() throws Exception {
        String json = "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":9,\"stream\":true,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
        try (Demo demo = Demo.start();
                Gateway gateway =
                        DocumentedCode.gateway(demo::accounts, new GatewayListener() {}, new InMemorySharedState());
                GatewayHttpClient http = DocumentedCode.httpClient(gateway)) {
            HttpResponse<Stream<String>> events = DocumentedCode.lines(http, json);
            assertThat(events.statusCode()).isEqualTo(200);
            assertThat(events.body()).contains("event: message_start", "event: message_stop");
            assertThat(DocumentedCode.sdk(http)).startsWith("msg_");
        }
    }

    @Test
    void the_store_of_the_page_reads_the_table_of_the_page() throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:documentation;DB_CLOSE_DELAY=-1");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table llm_key (id int primary key, label varchar(50), secret varchar(50), active boolean)");
            statement.execute(
                    "insert into llm_key values (2, 'two', 'key-2', true), (1, 'one', 'key-1', true), (3, 'off', 'key-3', false)");
        }
        assertThat(DocumentedCode.ownTable(database).accounts())
                .extracting(Account::name)
                .containsExactly("one", "two");
    }
}
